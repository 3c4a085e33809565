import { describe, expect, test } from 'vitest';
import { isOn, variable } from '../../src/values/environment.ts';
import { createEnvironment } from '../support/host.ts';

const SET = createEnvironment({ variables: { PLANETSCALE_ORG: 'acme', PLANETSCALE_FORMAT: '' } });

describe('variable', () => {
  test('gives the value of a variable that is set', () => {
    expect(variable(SET, 'PLANETSCALE_ORG')).toBe('acme');
  });

  test('takes an empty variable for one that is not set', () => {
    expect(variable(SET, 'PLANETSCALE_FORMAT')).toBeUndefined();
    expect(variable(SET, 'PLANETSCALE_TIMEOUT')).toBeUndefined();
  });
});

describe('isOn', () => {
  test.each(['1', 't', 'true', 'TRUE', 'yes', 'anything'])('%s says yes', (value) => {
    expect(isOn(createEnvironment({ variables: { PLANETSCALE_DEBUG: value } }), 'PLANETSCALE_DEBUG')).toBe(
      true,
    );
  });

  test.each(['', '0', 'f', 'F', 'false', 'False', 'FALSE', 'no'])('%j says no', (value) => {
    expect(isOn(createEnvironment({ variables: { PLANETSCALE_DEBUG: value } }), 'PLANETSCALE_DEBUG')).toBe(
      false,
    );
  });

  test('a variable that is not set says no', () => {
    expect(isOn(createEnvironment(), 'PLANETSCALE_DEBUG')).toBe(false);
  });
});
