import { expect, test } from 'vitest';
import { commandLine, shellWord } from '../../src/text/command-line.ts';

test.each([
  ['read_branch', 'read_branch'],
  ['--org=acme', '--org=acme'],
  ['https://api.example.com:8080/v1,a@b+c%20', 'https://api.example.com:8080/v1,a@b+c%20'],
  ['', "''"],
  ['two words', "'two words'"],
  ["it's", "'it'\\''s'"],
  ['$(reboot)', "'$(reboot)'"],
  ['a;b', "'a;b'"],
  ['~root', "'~root'"],
  ['*', "'*'"],
  ['line\nbreak', "'line\nbreak'"],
])('shellWord writes %j as %j', (word, expected) => {
  expect(shellWord(word)).toBe(expected);
});

test.each(['<access>', '<token-id>', '<database>'])('the placeholder %s stays readable', (placeholder) => {
  expect(shellWord(placeholder)).toBe(placeholder);
});

test.each(['<a b>', '<a;b>', '<', '>', '<$x>', 'a<b>'])('%j is no placeholder, and so is quoted', (word) => {
  expect(shellWord(word)).toBe(`'${word}'`);
});

test('commandLine starts with the name of the program and quotes word by word', () => {
  expect(commandLine('show-access', 'k3j9x0q2m7ab', '--org', 'my org')).toBe(
    "pscale-service-token show-access k3j9x0q2m7ab --org 'my org'",
  );
});
