import { describe, expect, test } from 'vitest';
import { inWordsOfInputs } from '../../action/advice.ts';
import { readInputs } from '../../action/inputs.ts';

const read = (inputs: Record<string, string>, variables: Record<string, string> = {}) =>
  readInputs(
    {
      INPUT_ORGANIZATION: 'acme',
      INPUT_ACCESS: 'read_databases',
      'INPUT_SERVICE-TOKEN-ID': 'k3j9x0q2m7ab',
      'INPUT_SERVICE-TOKEN': 'secret',
      ...inputs,
      ...variables,
    },
    '0123abcd',
  );

describe('a list', () => {
  test('may have comments, list marks of YAML and empty lines', () => {
    const access = '# deploys\n- shop=read_branch\n\n  -   shop=create_branch\n  # and\nread_databases\n-\n';
    const cidrs = '- 10.0.0.0/8, 192.0.2.1,\n# office\n198.51.100.0/24 203.0.113.7';
    expect(read({ INPUT_ACCESS: access, INPUT_CIDRS: cidrs }).words).toEqual([
      '--access=shop=read_branch',
      '--access=shop=create_branch',
      '--access=read_databases',
      '--ttl=1h',
      '--cidrs=10.0.0.0/8,192.0.2.1,198.51.100.0/24,203.0.113.7',
    ]);
  });

  test('of comments alone is no list: it would restrict nothing', () => {
    expect(() => read({ INPUT_CIDRS: '# 10.0.0.0/8' })).toThrow('the input cidrs holds comments only');
    expect(() => read({ INPUT_ACCESS: '# read_databases' })).toThrow('the input access is empty');
  });
});

test.each(['name', 'organization', 'access', 'ttl', 'cidrs', 'api-url', 'export-env'])(
  'a secret in the input %s is refused, and not repeated',
  (input) => {
    const reading = () => read({ [`INPUT_${input.toUpperCase()}`]: `x pscale_tkn_${'a'.repeat(40)}` });
    expect(reading).toThrow(`the input ${input} holds a secret`);
    expect(reading).not.toThrow('aaaa');
  },
);

test('a name that would be too long is shortened in the middle: its beginning and its end stay', () => {
  const { name } = read({}, { GITHUB_REPOSITORY: 'acme/shop', GITHUB_JOB: 'x'.repeat(300) });
  expect([...name]).toHaveLength(255);
  expect(name).toMatch(/^github acme\/shop - ?.*…x+ 0123abcd$/);
  expect([...read({ INPUT_NAME: '\u{1f600}'.repeat(300) }).name]).toHaveLength(255);
  expect(read({ INPUT_NAME: 'x'.repeat(246) }).name).toBe(`${'x'.repeat(246)} 0123abcd`);
});

describe('what the program says is said in words of a workflow', () => {
  test.each([
    [
      'invalid --ttl "x": use seconds\n0 means that the token does not expire.',
      'invalid input ttl "x": use seconds',
    ],
    ['Did you mean read_branch?\nTo send it as typed, add --force.', 'Did you mean read_branch?'],
    ['cannot confirm it (run with --yes to override)', 'cannot confirm it'],
    ['Use https://, or add --insecure if you really mean it.', 'Use https://.'],
    ['It is named by PLANETSCALE_ORG.', 'It is named by input organization.'],
    ['It is named by PLANETSCALE_API_URL.', 'It is named by PLANETSCALE_API_URL.'],
    ['Set PLANETSCALE_API_TOKEN.', 'Set PLANETSCALE_API_TOKEN.'],
    ['Error: a--b and read--x\n\nend\n', 'Error: a--b and read--x\n\nend\n'],
    [
      'Delete it with: pscale-service-token delete x --org acme --force',
      'Delete it with: pscale-service-token delete x --org acme --force',
    ],
  ])('%j', (message, said) => {
    expect(inWordsOfInputs(message, { PLANETSCALE_API_URL: 'https://api.example.com' })).toBe(said);
  });
});
