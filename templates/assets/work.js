// Works off the challenge of a form and sends it: only networks with many sign-ups are asked to.
// The challenge is one of altcha-lib 2: a counter whose digest, taken `cost` times, begins as told.
// SHA-256 is written out because browsers lend theirs to https alone, and slowly for short texts.

function work(challenge) {
  const { salt, nonce, cost, keyPrefix } = challenge.parameters;
  const first = bytesOf(salt + nonce + '00000000');
  const counterAt = first.length - 4;
  let counter = 0;
  someTries();

  function someTries() {
    for (const end = counter + 1000; counter < end; counter++) {
      new DataView(first.buffer).setUint32(counterAt, counter);
      let digest = sha256(first);
      for (let i = 1; i < cost; i++) digest = sha256(digest);
      const derivedKey = hexOf(digest);
      if (derivedKey.startsWith(keyPrefix)) return send({ challenge, solution: { counter, derivedKey } });
    }
    setTimeout(someTries);
  }
}

function send(proof) {
  field.value = btoa(JSON.stringify(proof));
  field.form.submit();
}

function bytesOf(hex) {
  return Uint8Array.from(hex.match(/../g), (pair) => parseInt(pair, 16));
}

function hexOf(bytes) {
  let hex = '';
  for (const byte of bytes) hex += (byte < 16 ? '0' : '') + byte.toString(16);
  return hex;
}

// FIPS 180-4, for texts of at most 55 bytes, which are one block. Each digest overwrites the last.
const block = new Uint8Array(64);
const view = new DataView(block.buffer);
const words = new Int32Array(64);
const { constants, start } = tables();

function sha256(text) {
  block.set(text);
  block.fill(0, text.length);
  block[text.length] = 0x80;
  view.setUint32(60, text.length * 8);
  for (let i = 0; i < 16; i++) words[i] = view.getInt32(4 * i);
  for (let i = 16; i < 64; i++) {
    const w = words[i - 15];
    const v = words[i - 2];
    const near = turn(w, 7) ^ turn(w, 18) ^ (w >>> 3);
    const far = turn(v, 17) ^ turn(v, 19) ^ (v >>> 10);
    words[i] = words[i - 16] + words[i - 7] + near + far;
  }
  let [a, b, c, d, e, f, g, h] = start;
  for (let i = 0; i < 64; i++) {
    const one = (h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + constants[i] + words[i]) | 0;
    const two = (turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
    h = g;
    g = f;
    f = e;
    e = (d + one) | 0;
    d = c;
    c = b;
    b = a;
    a = (one + two) | 0;
  }
  const state = [a, b, c, d, e, f, g, h];
  for (let i = 0; i < 8; i++) view.setInt32(4 * i, state[i] + start[i]);
  return block.subarray(0, 32);
}

function turn(word, by) {
  return (word >>> by) | (word << (32 - by));
}

// The first 32 bits of the fractions of the cube roots, and of the square roots, of primes.
function tables() {
  const primes = [];
  for (let n = 2; primes.length < 64; n++) if (primes.every((prime) => n % prime)) primes.push(n);
  const fraction = (root) => ((root % 1) * 2 ** 32) | 0;
  return {
    constants: Int32Array.from(primes, (prime) => fraction(Math.cbrt(prime))),
    start: Int32Array.from(primes.slice(0, 8), (prime) => fraction(Math.sqrt(prime))),
  };
}

const field = document.querySelector('[data-work]');
if (field) work(JSON.parse(atob(field.value)).challenge);
