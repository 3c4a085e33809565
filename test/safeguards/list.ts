/**
 * What keeps the promises about secrets, deletions and the network, one line of source each. A test that
 * cannot fail is no test: `npm run safeguards` turns them off one at a time, in a copy, and expects the
 * tests named to fail. `list.test.ts` keeps this list from rotting.
 */
export interface Safeguard {
  /** What is promised. */
  readonly name: string;
  /** How it is turned off. Several where one stands behind the other, and each alone would do. */
  readonly changes: readonly Change[];
  /** Test files of which at least one has to fail then. */
  readonly tests: readonly string[];
}

export interface Change {
  /** Below the root of the repository. */
  readonly file: string;
  /** Occurs exactly once in the file. */
  readonly search: string;
  readonly replacement: string;
}

export const SAFEGUARDS: readonly Safeguard[] = [
  {
    name: 'a secret that is given by flag is redacted',
    changes: [
      {
        file: 'src/run.ts',
        search:
          'for (const secret of [flags.serviceToken, flags.apiToken]) if (secret) this.secrets.push(secret);',
        replacement: '',
      },
      {
        file: 'src/api/connect.ts',
        search: 'connection.keepSecret(secretsOf(credentials));',
        replacement: '',
      },
    ],
    tests: ['test/argv-fuzz.test.ts'],
  },
  {
    name: 'what has the shape of a secret is redacted wherever it came from',
    changes: [
      {
        file: 'src/settings/redaction.ts',
        search: 'return safe.replace(LOOKS_SECRET, BLANK);',
        replacement: 'return safe;',
      },
    ],
    tests: ['test/settings/redaction.test.ts', 'test/argv-fuzz.test.ts'],
  },
  {
    name: 'a path segment is percent-encoded',
    changes: [
      {
        file: 'src/api/path.ts',
        search: "encodeURIComponent(checkName(parameters[parameter] ?? '', parameter))",
        replacement: "checkName(parameters[parameter] ?? '', parameter)",
      },
    ],
    tests: ['test/api/path.test.ts'],
  },
  {
    name: 'a dot segment is refused',
    changes: [
      {
        file: 'src/api/path.ts',
        search: "if (name === '.' || name === '..') return 'would lead to another address';",
        replacement: '',
      },
    ],
    tests: ['test/api/path.test.ts'],
  },
  {
    name: 'a redirect is followed within the origin only',
    changes: [
      {
        file: 'src/api/transport.ts',
        search:
          "const isPlain = target?.origin === from.origin && target.username === '' && target.password === '';",
        replacement: 'const isPlain = target !== undefined;',
      },
    ],
    tests: ['test/api/transport.test.ts'],
  },
  {
    name: 'a redirect is followed for GET only',
    changes: [
      {
        file: 'src/api/transport.ts',
        search: "if (method === 'GET' && isPlain) return target;",
        replacement: 'if (isPlain) return target;',
      },
    ],
    tests: ['test/api/transport.test.ts'],
  },
  {
    name: 'a wait that the API asks for is not longer than a request may wait',
    changes: [
      {
        file: 'src/api/retry.ts',
        search: 'if (asked !== undefined && asked > left) throw tooLong(failure, asked);',
        replacement: '',
      },
    ],
    tests: ['test/api/retry.test.ts'],
  },
  {
    name: 'a list that goes in circles comes to an end',
    changes: [
      {
        file: 'src/api/pages.ts',
        search: 'if (page.data.length > 0 && this.seenPages.has(fingerprint)) throw repeats(number);',
        replacement: '',
      },
      {
        file: 'src/api/pages.ts',
        search: 'if (next !== undefined && ids.every((id) => this.seenRows.has(id))) throw repeats(number);',
        replacement: '',
      },
    ],
    tests: ['test/api/pages.test.ts'],
  },
  {
    name: 'this machine is never reached through a proxy',
    changes: [
      {
        file: 'src/api/proxy.ts',
        search: 'if (isLoopback(apiUrl.hostname)) return undefined;',
        replacement: '',
      },
    ],
    tests: ['test/api/proxy.test.ts', 'test/acceptance/proxy.test.ts'],
  },
  {
    name: 'NO_PROXY is obeyed',
    changes: [
      {
        file: 'src/api/proxy.ts',
        search: 'if (isExcepted(apiUrl, exceptions)) return undefined;',
        replacement: '',
      },
    ],
    tests: ['test/api/proxy.test.ts'],
  },
  {
    name: 'plain http to another machine is refused',
    changes: [
      {
        file: 'src/settings/api-url.ts',
        search: "if (url.protocol === 'http:' && !isLoopback(url.hostname) && !insecure) {",
        replacement: 'if (insecure === undefined) {',
      },
    ],
    tests: ['test/settings/api-url.test.ts'],
  },
  {
    name: 'an API address holds no user name and password',
    changes: [
      {
        file: 'src/settings/api-url.ts',
        search: 'if (url.username || url.password) {',
        replacement: 'if (url.href === undefined) {',
      },
    ],
    tests: ['test/settings/api-url.test.ts'],
  },
  {
    name: 'a project file sets the keys of its list only',
    changes: [
      {
        file: 'src/settings/files.ts',
        search: 'filter(([key]) => PROJECT_KEYS.includes(key))',
        replacement: 'filter(([key]) => key.length > 0)',
      },
    ],
    tests: ['test/settings/files.test.ts'],
  },
  {
    name: 'a project file cannot redirect credentials',
    changes: [
      {
        file: 'src/settings/files.ts',
        search: "const PROJECT_KEYS = ['org', 'database', 'branch'];",
        replacement: "const PROJECT_KEYS = ['org', 'database', 'branch', 'api-url'];",
      },
    ],
    tests: ['test/settings/files.test.ts', 'test/settings/resolve.test.ts'],
  },
  {
    name: 'an error names the source of a bad value',
    changes: [
      {
        file: 'src/settings/bad-value.ts',
        search: 'describeSource(setting.source)',
        replacement: '[]',
      },
    ],
    tests: ['test/settings/resolve.test.ts'],
  },
  {
    name: 'half a pair of credentials is refused',
    changes: [
      {
        file: 'src/settings/credentials.ts',
        search: 'if (id ?? secret) throw halfPair(id, secret);',
        replacement: '',
      },
    ],
    tests: ['test/settings/credentials.test.ts'],
  },
  {
    name: 'a swapped pair of credentials is refused',
    changes: [
      {
        file: 'src/settings/credentials.ts',
        search: "if (id.value.startsWith('pscale_tkn_') && !secret.value.startsWith('pscale_tkn_')) {",
        replacement: "if (id.value === '') {",
      },
    ],
    tests: ['test/settings/credentials.test.ts'],
  },
  {
    name: 'the token in use is deleted with --self only',
    changes: [
      {
        file: 'src/commands/token-in-use.ts',
        search: 'if (self || inUse?.value !== id) return;',
        replacement: "if (self || inUse?.value !== id || id !== '') return;",
      },
    ],
    tests: ['test/acceptance/scripts.test.ts'],
  },
  {
    name: 'a database that is set elsewhere makes a scope ambiguous',
    changes: [
      {
        file: 'src/commands/access-scope.ts',
        search: "if (ambientDatabase === undefined) return '';",
        replacement: "if (ambientDatabase === undefined || ambientDatabase.value !== '') return '';",
      },
    ],
    tests: ['test/commands/access-scope.test.ts', 'test/acceptance/scripts.test.ts'],
  },
  {
    name: 'an empty --database does not widen a grant',
    changes: [
      {
        file: 'src/commands/access-scope.ts',
        search: "if (database === '') {",
        replacement: "if (database === ' ') {",
      },
      {
        file: 'src/commands/access-scope.ts',
        search: "return checkName(database, 'database name')",
        replacement: 'return database',
      },
    ],
    tests: ['test/commands/access-scope.test.ts'],
  },
  {
    name: 'of two tokens with one name none is guessed',
    changes: [
      {
        file: 'src/commands/token-reference.ts',
        search: 'if (others.length > 0) throw ambiguousName(',
        replacement: 'if (others.length < 0) throw ambiguousName(',
      },
    ],
    tests: ['test/commands/token-reference.test.ts'],
  },
  {
    name: 'a flag is never taken as the value of another one',
    changes: [{ file: 'src/run.ts', search: 'refuseSwallowedFlags(program, this.argv);', replacement: '' }],
    tests: ['test/program.test.ts'],
  },
  {
    name: 'a command that is run with a token of its own does not inherit other credentials',
    changes: [
      {
        file: 'src/commands/child-variables.ts',
        search: 'filter(([name]) => !CREDENTIALS.includes(name))',
        replacement: 'filter(([name]) => CREDENTIALS.length > 0 || name)',
      },
    ],
    tests: ['test/acceptance/exec.posix.test.ts', 'test/acceptance/emulator.test.ts'],
  },
  {
    name: 'a token whose accesses could not be granted is taken back',
    changes: [
      {
        file: 'src/operations/issue-token.ts',
        search:
          'const gone = await takeBack(client, organization, token.id, clock, interruption.insistence);\n    throw undone(',
        replacement: 'const gone = clock.now() >= 0 || client === undefined;\n    throw undone(',
      },
    ],
    tests: ['test/operations/issue-token.test.ts'],
  },
  {
    name: 'a creation that was interrupted is taken back',
    changes: [
      {
        file: 'src/operations/create-token.ts',
        search: 'if (!interrupted) return created;',
        replacement: 'if (!interrupted || created) return created;',
      },
    ],
    tests: ['test/operations/create-token.test.ts'],
  },
  {
    name: 'a second signal during a creation ends it at once',
    changes: [
      {
        file: 'src/operations/create-token.ts',
        search: "interruption.insistence.addEventListener('abort', giveUp, { once: true });",
        replacement: '',
      },
    ],
    tests: ['test/operations/create-token.test.ts'],
  },
  {
    name: 'a secret that nobody would see is not made',
    changes: [
      {
        file: 'src/commands/hand-over.ts',
        search: 'if (!io.discardsStdout) return;',
        replacement: 'if (io) return;',
      },
    ],
    tests: ['test/acceptance/create-faults.test.ts', 'test/acceptance/processes.posix.test.ts'],
  },
  {
    name: 'completion offers no name that a shell would have to quote',
    changes: [
      {
        file: 'src/commands/completion/candidates.ts',
        search: 'value.startsWith(question.current) && isPlain(value)',
        replacement: 'value.startsWith(question.current)',
      },
    ],
    tests: ['test/acceptance/completion.posix.test.ts'],
  },
];
