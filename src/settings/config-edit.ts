import { type Document, isMap, isScalar, type Pair, parseDocument, Scalar, type YAMLMap } from 'yaml';
import { Failure } from '../errors.ts';
import { text } from '../text.ts';
import { parseConfig } from './config-yaml.ts';

/** One key of a configuration file, and the value that it gets; undefined to take it out. */
export interface ConfigChange {
  readonly key: string;
  readonly value: string | undefined;
}

/**
 * A configuration file after a change. Everything else in it stays as it is written, comments, order and quotes
 * included, wherever the key stands on a line of its own; elsewhere the document is written anew. One that is called
 * `.json` stays JSON, which the official CLI reads it as.
 *
 * @param path what messages call the file
 * @throws Failure INVALID_CONFIG for a file that this program could not read
 */
export function changedConfig(
  content: string,
  change: ConfigChange,
  path: string,
  kind: 'project' | 'user',
): string {
  const read = (written: string): Record<string, string> => parseConfig(written, path, kind);
  const before = read(content);
  if (path.endsWith('.json')) return changedJson(content, change, path);
  const { key, value } = change;
  if (value === before[key] || (value === undefined && !(key in before))) return content;
  const wanted = new Map(Object.entries(before));
  if (value === undefined) wanted.delete(key);
  else wanted.set(key, value);
  const isRight = (text: string): boolean => {
    try {
      const after = Object.entries(read(text));
      return after.length === wanted.size && after.every(([name, found]) => wanted.get(name) === found);
    } catch {
      return false;
    }
  };
  const document: Document = parseDocument(content, { schema: 'failsafe', logLevel: 'error' });
  const spliced = splice(content, document, change);
  if (spliced !== undefined && isRight(spliced)) return spliced;
  const rewritten = rewrite(document, change);
  if (rewritten !== undefined && isRight(rewritten)) return rewritten;
  throw new Failure(
    'INVALID_CONFIG',
    text`cannot change ${key} in ${path}: other parts of the file depend on it`,
    {
      hint: text`Change it in an editor.`,
    },
  );
}

/** Changes the one line that matters; undefined where the key has no line of its own. */
function splice(content: string, document: Document, { key, value }: ConfigChange): string | undefined {
  const root = document.contents;
  if (isMap(root) && root.flow) return undefined;
  const pair = isMap(root) ? pairOf(root, key) : undefined;
  const lineBreak = content.includes('\r\n') ? '\r\n' : '\n';
  if (!pair) {
    if (value === undefined) return undefined;
    const isWhole = content === '' || content.endsWith('\n');
    return `${content}${isWhole ? '' : lineBreak}${key}: ${written(value)}${lineBreak}`;
  }
  const [start, end] = (isScalar(pair.value) && pair.value.range) || [];
  const [keyStart] = (isScalar(pair.key) && pair.key.range) || [];
  if (start === undefined || end === undefined || keyStart === undefined) return undefined;
  if (value !== undefined) {
    const gap = content[start - 1] === ':' ? ' ' : '';
    return `${content.slice(0, start)}${gap}${written(value)}${content.slice(end)}`;
  }
  const lineStart = content.lastIndexOf('\n', keyStart - 1) + 1;
  const lineEnd = content.indexOf('\n', Math.max(keyStart, end - 1)) + 1 || content.length;
  return content.slice(0, lineStart) + content.slice(lineEnd);
}

/** Changes the document, and writes all of it anew; undefined where that cannot be. */
function rewrite(document: Document, { key, value }: ConfigChange): string | undefined {
  const root = isMap(document.contents) ? document.contents : undefined;
  const pair = root && pairOf(root, key);
  if (pair) root?.items.splice(root.items.indexOf(pair), 1);
  if (value !== undefined) {
    const scalar = new Scalar(value);
    scalar.type = isPlain(value) ? 'PLAIN' : 'QUOTE_DOUBLE';
    if (root) root.add({ key: new Scalar(key), value: scalar });
    else document.set(key, scalar);
  }
  try {
    return document.toString({ lineWidth: 0 });
  } catch {
    // An alias of what has been taken out.
    return undefined;
  }
}

/** Keys are read in any case. */
function pairOf(root: YAMLMap, key: string): Pair | undefined {
  return root.items.find(
    (item) =>
      isScalar(item.key) && typeof item.key.value === 'string' && item.key.value.toLowerCase() === key,
  );
}

function written(value: string): string {
  return isPlain(value) ? value : JSON.stringify(value);
}

/** What another reader could take for something else than a text is quoted: a number, a date, `no`, `~`. */
function isPlain(value: string): boolean {
  return /^[a-z](?:[\w./:-]*[\w./-])?$/i.test(value) && !/^(true|false|yes|no|on|off|null|y|n)$/i.test(value);
}

function changedJson(content: string, { key, value }: ConfigChange, path: string): string {
  const parsed = content.trim() === '' ? {} : parsedJson(content, path);
  const entries = Object.entries(parsed ?? {});
  const index = entries.findIndex(([name]) => name.toLowerCase() === key);
  const changed: [string, unknown][] = value === undefined ? [] : [[entries[index]?.[0] ?? key, value]];
  entries.splice(index < 0 ? entries.length : index, index < 0 ? 0 : 1, ...changed);
  return `${JSON.stringify(Object.fromEntries(entries), null, 2)}\n`;
}

/** What this program reads as YAML may still be none of JSON's. */
function parsedJson(content: string, path: string): unknown {
  try {
    return JSON.parse(content);
  } catch (cause) {
    throw new Failure('INVALID_CONFIG', text`cannot change ${path}: it is not valid JSON`, {
      hint: text`Fix ${path}, or rename it to pscale.yml.`,
      cause,
    });
  }
}
