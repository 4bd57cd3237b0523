// How authors say what they bring, and what they do not: the "moves" by which studies of abstracts
// tell occupying a niche from establishing it (Swales, Genre Analysis, 1990). Weighed by reading
// some 120 abstracts of 2026-03 to 05; bench/new.ts judges them on others.

export interface Sign {
  sign: RegExp;
  weight: number;
}

const anyOf = (...words: readonly string[]): string => `(?:${words.join('|')})`;

const WORK = anyOf('paper', 'work', 'report', 'study', 'article', 'survey', 'tutorial', 'position paper');
const WE = `\\b${anyOf('we', `this ${WORK}`, '(?:the|our) (?:present )?(?:paper|authors)')}`;
const FIRST = `(?: \\w+ly| ${anyOf('first', 'also', 'then', 'thus', 'therefore', 'instead', 'here')})?`;
/** In either tense, of one or many. */
const verbs = (list: string): string => `${anyOf(...list.split(' '))}(?:s|d|ed)?\\b`;
const BRING = verbs(
  'present introduce propose develop release unveil describe build design construct create formulate devise ' +
    'establish contribute offer instantiate formalize formalise derive train curate assemble collect advance ' +
    'open-source report provide implement give',
);
const STUDY = verbs(
  'show find demonstrate prove identify discover reveal uncover study investigate analyze analyse explore examine ' +
    'revisit argue observe conduct perform address tackle extend reframe rethink characterize characterise ' +
    'quantify survey review ask take focus cast treat view break',
);

/** Of these the strongest counts. */
export const MOVES: readonly Sign[] = [
  { sign: new RegExp(`${WE}${FIRST} ${BRING}`, 'i'), weight: 5 },
  { sign: new RegExp(`${WE}[^,.;:]{1,60}\\band ${BRING}`, 'i'), weight: 3 },
  { sign: /\b(?:is|are|was) (?:introduced|proposed|presented|developed)\b/i, weight: 3 },
  { sign: new RegExp(`${WE}${FIRST} ${STUDY}`, 'i'), weight: 2.5 },
];

const start = (...words: readonly string[]): RegExp => new RegExp(`^${anyOf(...words)}\\b`, 'i');
const somewhere = (...words: readonly string[]): RegExp => new RegExp(`\\b${anyOf(...words)}\\b`, 'i');
const GAP = 'address tackle bridge overcome fill close resolve mitigate solve alleviate remedy meet answer'.split(' ');

/** What speaks for a sentence or against it beside the move. */
export const SIGNS: readonly Sign[] = [
  {
    sign: somewhere(
      ...'novel new simple unified first general principled scalable lightweight training-free'.split(' '),
      ...'open-source large-scale comprehensive'.split(' '),
    ),
    weight: 0.8,
  },
  {
    sign: somewhere(
      ...'framework benchmark dataset method approach model system paradigm architecture algorithm pipeline'.split(' '),
      ...'suite library toolkit environment corpus agent technique mechanism objective theory'.split(' '),
    ),
    weight: 0.6,
  },
  {
    sign: start(`in this ${WORK}`, 'here', 'to this end', ...GAP.map((verb) => `to ${verb}`), 'motivated by'),
    weight: 1,
  },
  { sign: start('inspired by', 'building (?:on|upon)', 'based on', 'accordingly', 'therefore'), weight: 1 },
  {
    sign: somewhere('further', 'also', 'additionally', 'moreover', 'in addition', 'finally', 'furthermore'),
    weight: -1.5,
  },
  {
    sign: start('specifically', 'concretely', 'in particular', 'for example', 'for instance', 'notably'),
    weight: -1.5,
  },
  { sign: start('it (?:consists|comprises|operates|leverages)'), weight: -1.5 },
  // A part that serves the whole.
  {
    sign: start('to (?:train|enable|facilitate|support|evaluate|achieve this)', 'for (?:training|evaluation)'),
    weight: -1,
  },
  {
    sign: /^(?:extensive |comprehensive |our )?(?:experiments?|evaluations?|results?|ablations?|empirical)\b/i,
    weight: -1,
  },
  {
    sign: start(
      ...'however yet recent recently existing current while although despite unlike traditional prior'.split(' '),
      ...'previous most many as'.split(' '),
      'large language models',
      'with the',
    ),
    weight: -1.5,
  },
  { sign: start('(?:prior|existing|previous|recent|most) (?:work|methods|approaches|studies)'), weight: -2 },
  {
    sign: somewhere(
      ...'remains? lacks? suffers? struggles? limited challenging bottleneck critical under-?explored'.split(' '),
    ),
    weight: -0.5,
  },
  { sign: /https?:|^(?:code|project)\b/i, weight: -5 },
  {
    sign: /\b(?:code|models?|data|weights|demo)\b[^.]{0,80}\b(?:available|released|found) (?:at|on|here|under|via)\b/i,
    weight: -5,
  },
  { sign: /\bwe (?:hope|believe|envision|thank|plan|release our|make our|open-source our)\b/i, weight: -4 },
];

/** What stands before the sentence itself: "To address this, we present". */
export const OPENER = new RegExp(
  `^${anyOf(
    `(?:in|with|through|throughout) th(?:is|ese|e) ${anyOf(WORK, 'insights?', 'observations?', 'findings?')}`,
    'to this end',
    'to [a-z]+ [^,]{1,110}',
    '(?:motivated|inspired|driven|guided|informed) by [^,]{1,110}',
    'building (?:on|upon) [^,]{1,110}',
    'based on [^,]{1,110}',
    'leveraging (?:this|these) [^,]{1,80}',
    ...'accordingly specifically therefore thus hence consequently here instead however moreover'.split(' '),
    ...'furthermore additionally concretely'.split(' '),
    'in (?:response|contrast|particular)',
    'as a (?:first step|result|remedy|solution)',
    'for this (?:purpose|reason)',
    'towards? (?:this|that) (?:end|goal)',
  )},? (?=(?:we|this ${WORK}|the paper|our)\\b)`,
  'i',
);

/** What says no more than that something is brought. */
export const VERB = new RegExp(
  `^${anyOf('we', `this ${WORK}`)}${FIRST} (?:present|introduce|propose|develop|release|describe|unveil)s? ` +
    `(?=(?:an?|the|two|three|four|[A-Z]\\S*|[a-z]+[A-Z]\\S*) )`,
  'i',
);
