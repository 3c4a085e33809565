import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, posix, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';

/** Paths are below src and with slashes on every system, such as `api/client.ts`. */
const SRC = fileURLToPath(new URL('../src', import.meta.url));

interface Import {
  readonly from: string;
  /** A path below src, or a package as it is written. */
  readonly to: string;
  readonly isInternal: boolean;
  readonly isTypeOnly: boolean;
  readonly isDynamic: boolean;
}

interface SourceFile {
  readonly path: string;
  readonly imports: readonly Import[];
  /** Global names that the file mentions, such as `process`. */
  readonly mentions: ReadonlySet<string>;
}

function parse(path: string): SourceFile {
  const content = readFileSync(join(SRC, path), 'utf8');
  const tree = ts.createSourceFile(path, content, ts.ScriptTarget.ES2023, true);
  const imports: Import[] = [];
  const mentions = new Set<string>();
  const note = (specifier: ts.Node | undefined, isTypeOnly: boolean, isDynamic = false): void => {
    if (specifier === undefined || !ts.isStringLiteral(specifier)) {
      throw new Error(`${path} imports something that only its run can tell`);
    }
    const { text } = specifier;
    const to = text.startsWith('.') ? posix.join(posix.dirname(path), text) : text;
    const isInternal = text.startsWith('.') && !to.startsWith('../');
    imports.push({ from: path, to, isInternal, isTypeOnly, isDynamic });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) {
      const bindings = node.importClause?.namedBindings;
      const named = bindings !== undefined && ts.isNamedImports(bindings) ? bindings.elements : [];
      const onlyTypes =
        node.importClause?.name === undefined &&
        named.length > 0 &&
        named.every((element) => element.isTypeOnly);
      note(node.moduleSpecifier, node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword || onlyTypes);
    } else if (ts.isExportDeclaration(node) && node.moduleSpecifier !== undefined) {
      note(node.moduleSpecifier, node.isTypeOnly);
    } else if (ts.isImportTypeNode(node)) {
      note(ts.isLiteralTypeNode(node.argument) ? node.argument.literal : undefined, true);
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      note(node.arguments[0], false, true);
    } else if (
      ts.isCallExpression(node) &&
      ts.isIdentifier(node.expression) &&
      node.expression.text === 'require'
    ) {
      note(node.arguments[0], false);
    } else if (ts.isIdentifier(node) && !isNameOnly(node)) {
      mentions.add(node.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return { path, imports, mentions };
}

/** Whether an identifier only names a member of something else, as `process` does in `child.process`. */
function isNameOnly(node: ts.Identifier): boolean {
  const { parent } = node;
  return (
    (ts.isPropertyAccessExpression(parent) && parent.name === node && !isGlobalThis(parent.expression)) ||
    (ts.isPropertyAssignment(parent) && parent.name === node) ||
    (ts.isPropertySignature(parent) && parent.name === node) ||
    (ts.isMethodDeclaration(parent) && parent.name === node) ||
    (ts.isMethodSignature(parent) && parent.name === node) ||
    (ts.isPropertyDeclaration(parent) && parent.name === node)
  );
}

function isGlobalThis(node: ts.Node): boolean {
  return ts.isIdentifier(node) && node.text === 'globalThis';
}

const FILES: readonly SourceFile[] = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .map((path) => path.split(sep).join('/'))
  .filter((path) => /\.[cm]?tsx?$/.test(path))
  .sort()
  .map(parse);

const IMPORTS = FILES.flatMap((file) => file.imports);
const INTERNAL = IMPORTS.filter(({ isInternal }) => isInternal);
const EXTERNAL = IMPORTS.filter(({ isInternal }) => !isInternal);

/** The room that a file belongs to: its folder in src, or its own name. */
function room(path: string): string {
  const [first = ''] = path.split('/');
  return first === path ? basename(path, '.ts') : first;
}

function shown({ from, to, isTypeOnly }: Import): string {
  return `${from} -> ${to}${isTypeOnly ? ' (type)' : ''}`;
}

/** The package that an import is of: `node:fs/promises` is of `node:fs`, `zod/mini` of `zod`. */
function packageOf(specifier: string): string {
  if (specifier.startsWith('node:')) return specifier.split('/')[0] ?? specifier;
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

/**
 * The rooms, each about one thing, from what an invocation begins with down to words and values. A room may import
 * from those below it and from itself, never from above.
 */
const ROOMS: readonly string[] = [
  'program',
  'main',
  'run',
  'exit',
  'commands',
  'access',
  'completion',
  'delivery',
  'tokens',
  'flags',
  'cli',
  'context',
  'prompts',
  'views',
  'output',
  'api',
  'children',
  'settings',
  'permissions',
  'files',
  'values',
  'text',
];

/** The stand-in API stands outside: only the commands that start it know it. */
const OUTSIDE = ['emulator'];

describe('the imports of src', () => {
  test('are found: the checks below would pass an empty list', () => {
    expect(FILES.length).toBeGreaterThan(40);
    expect(INTERNAL.length).toBeGreaterThan(100);
    expect(INTERNAL.some(({ isDynamic }) => isDynamic)).toBe(true);
    expect(INTERNAL.some(({ isTypeOnly }) => isTypeOnly)).toBe(true);
  });

  test('lead to files that exist, and out of src to packages and package.json only', () => {
    const missing = INTERNAL.filter(({ to }) => !FILES.some(({ path }) => path === to));
    const outside = EXTERNAL.filter(({ to }) => to.startsWith('.') && to !== '../package.json');
    expect([...missing, ...outside].map(shown)).toEqual([]);
  });

  test('belong to a room each: a new one has to find its place here', () => {
    const known = [...ROOMS, ...OUTSIDE];
    expect(FILES.map(({ path }) => path).filter((path) => !known.includes(room(path)))).toEqual([]);
  });

  test('point down the list of rooms, types included', () => {
    const wrong = INTERNAL.filter(({ from, to }) => {
      if (OUTSIDE.includes(room(from)) || OUTSIDE.includes(room(to))) return false;
      return ROOMS.indexOf(room(to)) < ROOMS.indexOf(room(from));
    });
    expect(wrong.map(shown)).toEqual([]);
  });

  test('make no cycle, types included', () => {
    const cycles: string[] = [];
    const done = new Set<string>();
    const walk = (path: string, trail: readonly string[]): void => {
      if (trail.includes(path)) {
        cycles.push([...trail.slice(trail.indexOf(path)), path].join(' -> '));
        return;
      }
      if (done.has(path)) return;
      for (const { to } of INTERNAL.filter(({ from }) => from === path)) walk(to, [...trail, path]);
      done.add(path);
    };
    for (const { path } of FILES) walk(path, []);
    expect(cycles).toEqual([]);
  });
});

describe('what a room does not know', () => {
  const forbidden: readonly [room: string, others: readonly string[]][] = [
    ['children', ['api', 'output']],
    ['access', ['prompts']],
    ['tokens', ['prompts']],
    ['flags', ['prompts']],
    ['cli', ['api', 'views', 'prompts', 'permissions']],
    ['views', ['settings', 'files', 'children', 'prompts']],
    ['output', ['api']],
    ['api', ['files']],
  ];

  test.each(forbidden)('%s imports nothing of %j', (name, others) => {
    const wrong = INTERNAL.filter(({ from, to }) => room(from) === name && others.includes(room(to)));
    expect(wrong.map(shown)).toEqual([]);
  });

  test('flags declare: they send no request and ask no question', () => {
    const wrong = INTERNAL.filter(
      ({ from, to, isTypeOnly }) =>
        room(from) === 'flags' && room(to) === 'api' && !isTypeOnly && to !== 'api/path.ts',
    );
    expect(wrong.map(shown)).toEqual([]);
  });

  test('emulator imports nothing else of src, so that it stays an independent witness', () => {
    const wrong = INTERNAL.filter(({ from, to }) => room(from) === 'emulator' && room(to) !== 'emulator');
    expect(wrong.map(shown)).toEqual([]);
  });

  test('only the commands that start the emulator know it, and load it when they run', () => {
    const users = INTERNAL.filter(({ from, to }) => room(to) === 'emulator' && room(from) !== 'emulator');
    expect(users.filter(({ from }) => !from.startsWith('commands/emulator/')).map(shown)).toEqual([]);
    expect(users.filter(({ isTypeOnly, isDynamic }) => !isTypeOnly && !isDynamic).map(shown)).toEqual([]);
  });

  test('text imports nothing of src', () => {
    const wrong = INTERNAL.filter(({ from, to }) => room(from) === 'text' && room(to) !== 'text');
    expect(wrong.map(shown)).toEqual([]);
  });
});

test('nothing imports the GitHub Action', () => {
  expect(EXTERNAL.filter(({ to }) => to.includes('action/')).map(shown)).toEqual([]);
});

describe('the libraries', () => {
  /** Where each library and each part of Node is known; the emulator may have its own of all of them. */
  const homes: Readonly<Record<string, readonly string[]>> = {
    commander: ['cli/'],
    zod: ['api/', 'access/shape.ts'],
    yaml: ['files/', 'settings/'],
    'jsonc-parser': ['settings/config-edit.ts'],
    'cli-table3': ['output/'],
    chalk: ['output/style.ts'],
    'yocto-spinner': ['output/'],
    'string-width': ['prompts/', 'output/fit.ts', 'output/human.ts'],
    'fastest-levenshtein': ['text/nearest.ts'],
    'cross-spawn': ['children/'],
    'node:http': ['api/http.ts', 'api/tunnel.ts'],
    'node:https': ['api/http.ts', 'api/tunnel.ts'],
    'node:net': ['api/'],
    'node:tls': ['api/tunnel.ts'],
    'node:fs': ['files/', 'settings/', 'children/', 'delivery/', 'completion/'],
    'node:crypto': ['api/name-cache.ts', 'access/digest.ts'],
    'node:child_process': ['settings/keychain.ts', 'children/', 'delivery/git-tracking.ts'],
    'node:path': ['files/', 'settings/', 'children/', 'delivery/', 'completion/'],
    'node:readline': ['prompts/plain-prompter.ts'],
    'node:util': ['output/fit.ts'],
    'node:vm': ['settings/code-cache.ts'],
    'node:os': ['main.ts', 'children/'],
    'node:stream': ['output/'],
  };

  test('are each known in one place', () => {
    const wrong = EXTERNAL.filter(({ from, to }) => {
      if (room(from) === 'emulator' || to === '../package.json') return false;
      return !(homes[packageOf(to)] ?? []).some((home) => from.startsWith(home));
    });
    expect(wrong.map(shown)).toEqual([]);
  });

  test.each(['node:util', 'zod', 'node:fs', 'node:http', 'node:process'])(
    '%s is unknown to commands, and to their flags and views',
    (name) => {
      const wrong = EXTERNAL.filter(
        ({ from, to }) =>
          ['commands', 'flags', 'views', 'cli'].includes(room(from)) && packageOf(to) === name,
      );
      expect(wrong.map(shown)).toEqual([]);
    },
  );

  /** What `--version` and `--help` can do without: each is loaded when it is used. */
  const lazy = ['chalk', 'zod', 'yaml', '@inquirer/core', 'cli-table3', 'yocto-spinner'];

  test.each(lazy)('%s is not loaded at the start', (name) => {
    const seen = new Set<string>();
    /** The static imports that lead from a file to the library, if any do. */
    const trail = (path: string): string[] | undefined => {
      if (seen.has(path)) return undefined;
      seen.add(path);
      for (const { to, isInternal, isTypeOnly, isDynamic } of IMPORTS.filter(({ from }) => from === path)) {
        if (isTypeOnly || isDynamic) continue;
        if (packageOf(to) === name) return [path, to];
        const rest = isInternal ? trail(to) : undefined;
        if (rest) return [path, ...rest];
      }
      return undefined;
    };
    expect(trail('program.ts')).toBeUndefined();
  });
});

describe('the global process', () => {
  test('is touched by main only', () => {
    const users = FILES.filter(({ mentions }) => mentions.has('process')).map(({ path }) => path);
    expect(users).toEqual(['main.ts']);
  });

  test('is not imported by another name either', () => {
    expect(IMPORTS.filter(({ to }) => /^(node:)?process$/.test(to)).map(shown)).toEqual([]);
  });

  test('is not gone around by console', () => {
    expect(FILES.filter(({ mentions }) => mentions.has('console')).map(({ path }) => path)).toEqual([]);
  });
});

test('no file or folder is named after nothing in particular', () => {
  const names = FILES.flatMap(({ path }) => [
    ...dirname(path).split('/'),
    basename(path).replace(/\..*$/, ''),
  ]);
  expect(names.filter((name) => /^(utils?|helpers?|common|misc|lib|shared)$/i.test(name))).toEqual([]);
});
