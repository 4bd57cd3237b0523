// arXiv identifiers: https://info.arxiv.org/help/arxiv_identifier.html
// Four digits after the dot until 2014, five since.
const NEW_STYLE =
  /^((?:0[7-9]|1[0-4])(?:0[1-9]|1[0-2])\.\d{4}|(?:1[5-9]|[2-9]\d)(?:0[1-9]|1[0-2])\.\d{5})(?:v(\d{1,3}))?$/i;
const OLD_STYLE = /^([a-z-]{2,10})(?:\.[a-z-]{2,10})?\/(\d{2}(?:0[1-9]|1[0-2])\d{3})(?:v(\d{1,3}))?$/i;
const PREFIX =
  /^(?:(?:https?:\/\/)?(?:(?:www\.|export\.|browse\.)?arxiv\.org\/(?:abs|pdf|html|format|ps)|(?:www\.)?alphaxiv\.org\/(?:[a-z]{2}\/)?(?:abs|pdf|html|overview|paper)|alphaxiv\.arxiv\.org\/(?:abs|pdf|html|format)|(?:www\.)?huggingface\.co\/papers|(?:www\.)?hf\.co\/papers|ar5iv\.(?:labs\.arxiv\.)?org\/(?:abs|html))\/|(?:(?:https?:\/\/)?(?:dx\.|www\.)?doi\.org\/|doi:\s*)?10\.48550\/arxiv[.:]|oai:arxiv\.org:|arxiv:\s*)/i;

/**
 * `arxiv:2507.14843` for any way of naming that paper (with a version, as a link to its abstract or
 * PDF, as a DOI), or `null` for what names no paper. The subject class of an old identifier says
 * nothing: math.GT/0309136 is math/0309136.
 */
export const canonicalId = (name: string): string | null => namedPaper(name)?.id ?? null;

/** The paper that a name means, and which version of it, where it says so. */
export function namedPaper(name: string): { id: string; version: number | null } | null {
  const bare = name
    .trim()
    .slice(0, 200)
    .replace(PREFIX, '')
    .replace(/[?#].*$/, '')
    .replace(/\/$/, '')
    .replace(/\.pdf$/i, '');
  const recent = NEW_STYLE.exec(bare);
  if (recent) return { id: `arxiv:${recent[1]}`, version: counted(recent[2]) };
  const old = OLD_STYLE.exec(bare);
  return old && { id: `arxiv:${old[1]!.toLowerCase()}/${old[2]}`, version: counted(old[3]) };
}

/** Versions are counted from 1. */
const counted = (digits: string | undefined): number | null => Number(digits ?? 0) || null;

/** What stands between ids, links and other words. Links carry other parameters behind an `&`. */
const BETWEEN = /[\s"'`<>()[\]{},;|!&\u2013\u2014]+/;
/** Most words hold no digits like these, and are not looked at any further. */
const MAY_NAME = /\d{4}\.\d{4}|\/\d{7}/;
/** The DOI of another publisher says nothing of arXiv, whatever its numbers look like. */
const DOI_OF_OTHERS = /(?:^|[/:=])10\.(?!48550\/)\d{4,9}\//;
const MOST_PARTS = 20;

/**
 * The papers that a text names, each once: by bare ids, DOIs, or links to any site that shows them.
 * What is copied from a PDF brings characters along that are not seen.
 */
export function idsIn(text: string): string[] {
  const said = text
    .replace(/%[2-7][\da-f]/gi, decodeURIComponent)
    .replace(/[\p{Cc}\p{Cf}]+/gu, ' ')
    .normalize('NFKC');
  return [...new Set(said.split(BETWEEN).flatMap((token) => idOf(token) ?? []))];
}

/** In the whole token, or in what follows a sign that parts it. */
function idOf(token: string): string | null {
  if (!MAY_NAME.test(token) || DOI_OF_OTHERS.test(token)) return null;
  const bare = token.replace(/(?<![.:])[.:]+$/, '');
  const starts = [0, ...[...bare.matchAll(/[/:=]/g)].map(({ index }) => index + 1)].slice(0, MOST_PARTS);
  for (const start of starts) {
    const id = canonicalId(bare.slice(start));
    if (id !== null) return id;
  }
  return null;
}
