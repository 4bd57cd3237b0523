#!/usr/bin/env node
// Plain JavaScript on purpose: a Node.js too old to run TypeScript must still be able to say so.
const wanted = 24;
// Left to itself V8 gives new objects 128 MB. What garbage may take of the rest, src/garbage.ts says.
// A million readers in or out are a stream of short-lived rows: with 1 MB it takes 50 MB less.
const memory = [`--max-semi-space-size=${process.argv[2] === 'subscribers' ? 1 : 16}`];

if (Number(process.versions.node.split('.')[0]) < wanted) {
  console.error(
    `Paperboy needs Node.js ${wanted} or newer and was started by ${process.version}. ` +
      'Run it as "npm start" or "npx paperboy …" after "npm ci" (which brings its own Node.js), or install a ' +
      'newer Node.js.',
  );
  process.exitCode = 1;
} else {
  // Such a limit can only be set at the very start. Where a program may take its own place, it
  // does: not on Windows, nor as a child that talks to its parent.
  if (!process.channel && !process.execArgv.includes(memory[0])) {
    try {
      process.execve(process.execPath, [process.execPath, ...memory, ...process.execArgv, ...process.argv.slice(1)]);
    } catch {}
  }
  try {
    process.loadEnvFile(); // .env of the working directory; what the environment says wins
  } catch (error) {
    if (error.code !== 'ENOENT') {
      console.error(
        `Paperboy cannot read the .env in this directory (${error.code}): make it readable, or move it away.`,
      );
      process.exit(1);
    }
  }
  await import('./quick-start.js');
  const { main } = await import('./main.ts');
  await main(process.argv.slice(2));
}
