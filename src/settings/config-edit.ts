import { applyEdits, modify } from 'jsonc-parser';
import { isMap, isNode, isScalar } from 'yaml';
import { Failure } from '../text/errors.ts';
import { text } from '../text/text.ts';
import { parseConfig, parseYaml } from './config-yaml.ts';

/** One key of a configuration file, and the value that it gets; undefined to take it out. */
export interface ConfigChange {
  readonly key: string;
  readonly value: string | undefined;
}

/**
 * A configuration file after a change. Everything else in it stays as it is written: comments, order, quotes and blanks.
 * One that is called `.json` stays JSON, which the official CLI reads it as.
 *
 * @param path what messages call the file
 * @throws Failure INVALID_CONFIG for a file that this program could not read, and where something else would change
 */
export function changedConfig(
  content: string,
  change: ConfigChange,
  path: string,
  kind: 'project' | 'user',
): string {
  const { key, value } = change;
  if (parseConfig(content, path, kind)[key] === value) return content;
  const changed = path.endsWith('.json')
    ? changedJson(content, change, path)
    : changedYaml(content, change, path);
  try {
    const isSet = changed !== undefined && parseConfig(changed, path, kind)[key] === value;
    if (isSet && others(changed, key, path) === others(content, key, path)) return changed;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
  }
  throw new Failure(
    'INVALID_CONFIG',
    text`cannot change ${key} in ${path}: other parts of the file depend on it`,
    { hint: text`Change it in an editor.` },
  );
}

/** All that a file says apart from one key, every scalar as it is written. */
function others(content: string, key: string, path: string): string {
  const all: unknown = parseYaml(content, path).toJS();
  return JSON.stringify(Object.entries(all ?? {}).filter(([name]) => name.toLowerCase() !== key));
}

/** Changes the text where the document says that the key stands; undefined where that cannot be. */
function changedYaml(content: string, { key, value }: ConfigChange, path: string): string | undefined {
  const root = parseYaml(content, path).contents;
  const map = isMap(root) ? root : undefined;
  const pair = map?.items.find(({ key: name }) => isScalar(name) && String(name.value).toLowerCase() === key);
  const replaced = (start: number, end: number, by: string): string =>
    content.slice(0, start) + by + content.slice(end);
  const lineBreak = content.includes('\r\n') ? '\r\n' : '\n';
  if (!pair || !map) {
    if (value === undefined) return content;
    const entry = `${key}: ${written(value)}`;
    if (map?.flow) {
      const start = startOf(map) + 1;
      return replaced(start, start, map.items.length > 0 ? `${entry}, ` : entry);
    }
    const end = /^\.\.\.(?!\S)/m.exec(content)?.index ?? content.length;
    const [first] = map?.items ?? [];
    const [, indent = ''] = (first && /(?:^|\n)([ \t]*)$/.exec(content.slice(0, startOf(first.key)))) ?? [];
    const isWhole = end === 0 || content[end - 1] === '\n';
    return replaced(end, end, `${isWhole ? '' : lineBreak}${indent}${entry}${lineBreak}`);
  }
  const keyStart = startOf(pair.key);
  const [start, end] = (isNode(pair.value) && pair.value.range) || [];
  if (start === undefined || end === undefined) return undefined;
  if (value !== undefined) {
    const gap = content[start - 1] === ':' ? ' ' : '';
    // A text in lines of its own ends with the last one's break, and a comment may stand in its first line.
    const [, comment = ''] = /^[|>][^\n#]*?([ \t]+#[^\r\n]*)/.exec(content.slice(start, end)) ?? [];
    const isBlock = isScalar(pair.value) && /^BLOCK/.test(pair.value.type ?? '');
    return replaced(start, end, `${gap}${written(value)}${isBlock ? `${comment}${lineBreak}` : ''}`);
  }
  if (!map.flow) {
    const lineStart = content.lastIndexOf('\n', keyStart - 1) + 1;
    const lineEnd = content.indexOf('\n', Math.max(keyStart, end - 1)) + 1 || content.length;
    return replaced(lineStart, lineEnd, '');
  }
  const index = map.items.indexOf(pair);
  const [before, next] = [map.items[index - 1], map.items[index + 1]];
  const from = next || !before ? keyStart : endOf(before);
  const to = next ? startOf(next.key) : end;
  return /(^|\s)#/.test(content.slice(from, to)) ? undefined : replaced(from, to, '');
}

function startOf(node: unknown): number {
  return (isNode(node) && node.range?.[0]) || 0;
}

function endOf({ key, value }: { readonly key: unknown; readonly value: unknown }): number {
  const last = isNode(value) ? value : key;
  return (isNode(last) && last.range?.[1]) || 0;
}

function written(value: string): string {
  return isPlain(value) ? value : JSON.stringify(value);
}

/** What another reader could take for something else than a text is quoted: a number, a date, `no`, `~`. */
function isPlain(value: string): boolean {
  return /^[a-z](?:[\w./:-]*[\w./-])?$/i.test(value) && !/^(true|false|yes|no|on|off|null|y|n)$/i.test(value);
}

function changedJson(content: string, { key, value }: ConfigChange, path: string): string {
  const before = content.trim() === '' ? '{}\n' : content;
  const names = Object.keys(parsedJson(before, path) ?? {});
  const name = names.find((candidate) => candidate.toLowerCase() === key) ?? key;
  const [, indent = '  '] = /^\s*\{\s*?\n([ \t]+)/.exec(before) ?? [];
  const formattingOptions = {
    insertSpaces: !indent.startsWith('\t'),
    tabSize: indent.length,
    eol: before.includes('\r\n') ? '\r\n' : '\n',
  };
  return applyEdits(before, modify(before, [name], value, value === undefined ? {} : { formattingOptions }));
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
