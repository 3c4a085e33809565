/** Where a secret stands in a text: characters from its start, the end excluded. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * Characters that may be missing at the beginning of a form: those at the end of a line that was passed on already,
 * since fewer than {@link FEWEST_BEGUN} are no reason to keep a line back.
 */
const DISPENSABLE = 3;
const FEWEST_BEGUN = DISPENSABLE + 1;
/** Characters of a form that is known without its first ones; fewer could be a part of a word. */
const RECOGNIZABLE = 16;

/** Encodings that are told apart from what may stand between their characters in the same way. */
interface Family {
  /** What says nothing: it is taken out of the text and of what is looked for in it. */
  readonly ignored: RegExp;
  readonly encode: (secret: string) => string[];
}

/** As it is or escaped, percent-encoded, and in base64; a line of it may be wrapped, or one in JSON. */
const TEXT: Family = {
  ignored: /(?:\r\n|[\r\n])[ \t]*(?=\S)|\\+[rn]?/g,
  encode: (secret) => {
    const spelled = [secret, unicodeEscaped(secret), ...percentEncoded(secret)];
    const base64 = [secret, JSON.stringify(secret).slice(1, -1)].flatMap((text) =>
      [0, 1, 2].flatMap((offset) => base64Forms(Buffer.from(text), offset)),
    );
    return [...spelled, ...base64];
  },
};

/** Bytes in hexadecimal, each by itself as well, as `od`, `openssl`, C and an address write them. */
const HEX: Family = {
  ignored: /[\s:%-]+|\\+x?|,? ?0x/g,
  encode: (secret) => {
    const digits = Buffer.from(secret).toString('hex');
    return [digits, digits.toUpperCase()];
  },
};

const FAMILIES = [TEXT, HEX];

/** As JSON may write what is not plain in a page or in ASCII. */
function unicodeEscaped(secret: string): string {
  return secret.replaceAll(
    /[^ -~]|[&<>']/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Encoders differ in the marks that they leave, and in the case of the digits. */
function percentEncoded(secret: string): string[] {
  const usual = encodeURIComponent(secret.toWellFormed());
  const strict = usual.replaceAll(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`);
  const ofPath = strict.replaceAll('%2F', '/');
  return [usual, strict, ofPath].flatMap((form) => [
    form,
    form.replaceAll(/%../g, (byte) => byte.toLowerCase()),
  ]);
}

/** Those characters of base64, in both alphabets, that are the same whatever surrounds the bytes. */
function base64Forms(bytes: Uint8Array, offset: number): string[] {
  const encoded = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64');
  const own = encoded.slice(Math.ceil((offset * 4) / 3), Math.floor(((offset + bytes.length) * 4) / 3));
  return [own, own.replaceAll('+', '-').replaceAll('/', '_'), ...percentEncoded(own)];
}

const madeForms = new Map<string, readonly (readonly string[])[]>();

/** What is looked for of a secret, by family. */
function formsOf(secret: string): readonly (readonly string[])[] {
  const known = madeForms.get(secret);
  if (known) return known;
  const forms = FAMILIES.map(({ ignored, encode }) => [
    ...new Set(encode(secret).map((form) => form.replaceAll(ignored, ''))),
  ]);
  madeForms.set(secret, forms);
  return forms;
}

/**
 * Where secrets stand in a text in one of their usual forms: as they are, escaped, percent-encoded, in base64 and
 * base64url from any byte on, in hexadecimal, and all that wrapped over lines. Takes time in proportion to the text's
 * length.
 *
 * @returns in the order of the text, none within another one
 */
export function findSecrets(text: string, secrets: readonly string[]): Span[] {
  const found = FAMILIES.flatMap(({ ignored }, family) => {
    const searched = text.replaceAll(ignored, '');
    const spans = secrets.flatMap((secret) =>
      (formsOf(secret)[family] ?? []).flatMap((form) => occurrences(searched, form)),
    );
    return spans.length === 0 ? [] : originals(inOrder(spans), text, ignored);
  });
  return inOrder(found);
}

/** Where a text ends within a secret that may go on in what follows: the place at which that begins. */
export function beginningOfSecret(text: string, secrets: readonly string[]): number | undefined {
  const begun = FAMILIES.flatMap(({ ignored }, family) => {
    const searched = text.replaceAll(ignored, '');
    const places = secrets
      .flatMap((secret) => formsOf(secret)[family] ?? [])
      .map((form) => beginningOf(form, searched))
      .filter((at) => at !== undefined);
    if (places.length === 0) return [];
    const start = Math.min(...places);
    return originals([{ start, end: searched.length }], text, ignored).map((span) => span.start);
  });
  return begun.length === 0 ? undefined : Math.min(...begun);
}

function occurrences(text: string, form: string): Span[] {
  const spared = form.length < RECOGNIZABLE ? 0 : DISPENSABLE;
  const looked = form.slice(spared);
  const spans: Span[] = [];
  for (let at = text.indexOf(looked); at >= 0; at = text.indexOf(looked, at + looked.length)) {
    let start = at;
    while (at - start < spared && start > 0 && text[start - 1] === form[spared - 1 - (at - start)])
      start -= 1;
    spans.push({ start, end: at + looked.length });
  }
  return spans;
}

function beginningOf(form: string, text: string): number | undefined {
  if (form.length < RECOGNIZABLE) return undefined;
  const first = form.slice(0, FEWEST_BEGUN);
  const earliest = Math.max(0, text.length - form.length + 1);
  for (let at = text.indexOf(first, earliest); at >= 0; at = text.indexOf(first, at + 1)) {
    if (form.startsWith(text.slice(at))) return at;
  }
  return undefined;
}

/** By their beginnings; one that lies within another one is left out. */
function inOrder(spans: readonly Span[]): Span[] {
  const sorted = spans.toSorted((a, b) => a.start - b.start || b.end - a.end);
  let end = 0;
  return sorted.filter((span) => {
    const isNew = span.end > end;
    end = Math.max(end, span.end);
    return isNew;
  });
}

/** Spans of a text from which something was left out, in the whole one. */
function originals(spans: readonly Span[], text: string, ignored: RegExp): Span[] {
  const gaps = text.matchAll(ignored);
  let gap = gaps.next().value;
  let removed = 0;
  /** To be asked for in ascending order. */
  const placeOf = (at: number): number => {
    for (; gap && gap.index <= at + removed; gap = gaps.next().value) removed += gap[0].length;
    return at + removed;
  };
  // Starts and ends ascend, each by themselves: none of the spans lies within another one.
  const places = [...new Set(spans.flatMap(({ start, end }) => [start, end - 1]))].sort((a, b) => a - b);
  const original = new Map(places.map((at) => [at, placeOf(at)]));
  return spans.map(({ start, end }) => ({
    start: original.get(start) ?? 0,
    end: (original.get(end - 1) ?? 0) + 1,
  }));
}
