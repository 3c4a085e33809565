import { describe, expect, test } from 'vitest';
import { createStyle } from '../../src/output/style.ts';
import { PLAIN_STYLE, styled } from '../../src/output/styled.ts';
import { text, toned } from '../../src/text/text.ts';

describe('styled', () => {
  test('writes a message without colour as it reads', () => {
    expect(styled(text`token ${'k3j9'} is gone`, createStyle(false))).toBe('token k3j9 is gone');
  });

  test('highlights values only, with colour', () => {
    expect(styled(text`token ${'k3j9'} is gone`, createStyle(true))).toBe(
      'token \u001b[1mk3j9\u001b[22m is gone',
    );
  });

  test('highlights nothing where a value is empty', () => {
    expect(styled(text`name ${''}.`, createStyle(true))).toBe('name .');
  });

  test.each([true, false])('shows what a terminal would obey in a value; colour: %s', (colour) => {
    const shown = styled(text`name ${'\u001b]0;owned\u0007\nError: fake'}`, createStyle(colour));
    expect(shown).toContain('\\e]0;owned\\x07\\nError: fake');
    expect(shown).not.toMatch(/\u001b\]|\u0007|\n/);
  });

  test('keeps the line breaks of our own words', () => {
    expect(styled(text`one\ntwo`, createStyle(false))).toBe('one\ntwo');
  });
});

test('highlights a value as what it is', () => {
  expect(styled(text`${toned('removed', '- a\u001b')}`, createStyle(true))).toBe(
    '\u001b[31m- a\\e\u001b[39m',
  );
  expect(styled(text`${toned('removed', '- a')}`, PLAIN_STYLE)).toBe('- a');
});

test('createStyle takes a level, and looks at nothing else', () => {
  expect(createStyle(0).red('x')).toBe('x');
  expect(createStyle(3).red('x')).toBe('\u001b[31mx\u001b[39m');
  expect([createStyle(0).isColoured, createStyle(2).isColoured]).toEqual([false, true]);
});

test('createStyle writes no escape code at all without colour', () => {
  const style = createStyle(false);
  expect(style.bold(style.red(style.dim('x')))).toBe('x');
  expect(createStyle(true).red('x')).toBe('\u001b[31mx\u001b[39m');
});
