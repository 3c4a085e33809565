import { readdirSync, readFileSync } from 'node:fs';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';

/**
 * Phrases that are correct and odd. Each stands for a manner; what to write instead is beside it. Comments of the
 * source are not read: what matters is what a user reads.
 */
const ODD: readonly (readonly [phrase: RegExp, instead: string])[] = [
  [/\b(is|are) like (that|it|none)\b/i, 'matches'],
  [/\bthat pass (every|all) filters?\b/i, 'that match all filters'],
  [/\bin the place of another\b/i, 'replaces'],
  [/\b(puts?|put) a new (service )?token in the place\b/i, 'replaces'],
  [/\bfor certain\b/i, 'may still exist'],
  [/\b(is|are|be|was|were) told\b/i, 'is reported, is displayed'],
  [/\bmend(s|ed|ing)?\b/i, 'fix'],
  [/\bturns? it round\b/i, 'reverses'],
  [/\bthe other way round\b/i, 'say what it does'],
  [/\bone try of a request\b/i, 'each request attempt'],
  [/\bto work in\b/i, 'to use'],
  [/\btried out and handed over\b/i, 'verified and delivered'],
  [/\bwith a (service )?token of its own\b/i, 'with a temporary token'],
  [/\bare (two|three) questions\b/i, 'use only one of'],
  [/\bis not a moment\b/i, 'invalid …: use a date or time'],
  [/\bleft over:/i, 'unexpected argument'],
  [/\bThe answer is lost\b/i, 'no usable response was received'],
  [/\bwas deleted again\b/i, 'was rolled back'],
  [/\bgoes nowhere\b/i, 'is discarded'],
  [/\bsevered\b/i, 'will lose access'],
  [/\bnothing to warn of\b/i, 'no problems'],
  [/\ba shell this program knows\b/i, 'unsupported shell'],
  [/\breadable for everyone on the way\b/i, 'would expose … to anyone on the network'],
  [/\bto ask its questions in\b/i, 'requires an interactive terminal'],
  [/\bIs a variable of your shell not set\b/i, 'Perhaps a shell variable is empty.'],
  [/\bdisplay help for command\b/i, 'Print the help of a command'],
  [/\bone that was never used counts\b/i, 'never-used tokens count from creation'],
  [/\bshown nowhere\b/i, 'not displayed'],
  [/\bit is not tried again\b/i, 'the request was not retried'],
  [/\bAsk one at a time\b/i, 'use only one of'],
];

const ROOT = new URL('../../', import.meta.url);

/** What users read besides the program's own output. */
const PAGES = [
  'README.md',
  'CHANGELOG.md',
  'CONTRIBUTING.md',
  'demo/play.js',
  ...readdirSync(new URL('docs/', ROOT)).flatMap((name) => (name.endsWith('.md') ? [`docs/${name}`] : [])),
  ...readdirSync(new URL('.github/workflows/', ROOT)).map((name) => `.github/workflows/${name}`),
];

const SOURCES = readdirSync(new URL('src/', ROOT), { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .map((path) => `src/${path}`)
  .sort();

function read(path: string): string {
  return readFileSync(new URL(path, ROOT), 'utf8');
}

/** The words of a source file that can reach a user: its string literals and the text of its templates. */
function stringsOf(path: string): string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node) || ts.isTemplateMiddleOrTemplateTail(node) || ts.isTemplateHead(node)) {
      found.push(node.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(path, read(path), ts.ScriptTarget.ES2023, true));
  return found;
}

/** Odd phrases in a text, each with what to write instead. Links to tests keep the titles of those. */
function oddIn(text: string): string[] {
  const words = text.replace(/\[[^\]]*\]\(\.\.\/test\/[^)]*\)/g, '');
  return ODD.flatMap(([phrase, instead]) => {
    const [found] = phrase.exec(words) ?? [];
    return found === undefined ? [] : [`"${found}": ${instead}`];
  });
}

test('the list finds what it is made for', () => {
  expect(oddIn('None of the 64 service tokens is like that.')).toEqual(['"is like that": matches']);
  expect(oddIn('[nobody is told](../test/x.test.ts)')).toEqual([]);
  expect(SOURCES.length).toBeGreaterThan(150);
});

describe('no odd phrase is left in', () => {
  test.each(SOURCES)('%s', (path) => {
    expect(stringsOf(path).flatMap(oddIn)).toEqual([]);
  });

  test.each(PAGES)('%s', (path) => {
    expect(oddIn(read(path))).toEqual([]);
  });
});
