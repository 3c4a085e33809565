import { expect, test } from 'vitest';
import { readLeftBehind } from '../../action/state.ts';

const SECRET = `pscale_tkn_${'s'.repeat(40)}`;
const VARIABLES = { PLANETSCALE_ORG: 'acme', PLANETSCALE_SERVICE_TOKEN: SECRET };
const WHOLE = {
  STATE_variables: JSON.stringify(VARIABLES),
  STATE_name: 'github acme/shop 1/1 deploy 0123abcd',
  STATE_id: 'k3j9x0q2m7ab',
  STATE_expires: '2026-12-01T00:00:00.000Z',
};

test('what the first half has left is read', () => {
  expect(readLeftBehind({ ...WHOLE, STATE_ended: 'true' })).toEqual({
    variables: VARIABLES,
    name: WHOLE.STATE_name,
    id: WHOLE.STATE_id,
    expiresAt: WHOLE.STATE_expires,
    hasEnded: true,
  });
  const { STATE_variables, STATE_name } = WHOLE;
  expect(readLeftBehind({ STATE_variables, STATE_name })).toMatchObject({ id: undefined, hasEnded: false });
  expect(readLeftBehind({})).toBeUndefined();
  expect(readLeftBehind({ STATE_variables })).toBeUndefined();
});

test.each<[string, Record<string, string>]>([
  ['variables that are cut', { STATE_variables: WHOLE.STATE_variables.slice(0, -2) }],
  ['variables that are no JSON', { STATE_variables: SECRET }],
  ['no variables', { STATE_variables: '' }],
  ['variables that are a text', { STATE_variables: JSON.stringify(SECRET) }],
  ['variables that are null', { STATE_variables: 'null' }],
  ['a variable that is no text', { STATE_variables: JSON.stringify({ PLANETSCALE_ORG: [SECRET] }) }],
  ['a variable of another program', { STATE_variables: JSON.stringify({ NODE_OPTIONS: SECRET }) }],
  ['a name that is a secret', { STATE_name: `${SECRET} 0123abcd` }],
  ['a name that is not unique', { STATE_name: 'production' }],
  ['no name', { STATE_name: '' }],
  ['an ID that is a secret', { STATE_id: SECRET }],
  ['an ID that is a path', { STATE_id: '../members' }],
  ['an end that is no time', { STATE_expires: SECRET }],
])('a state with %s is refused, and nothing of it is quoted', (_, changed) => {
  const reading = () => readLeftBehind({ ...WHOLE, ...changed });
  expect(reading).toThrow('the state of the step was cut or changed');
  expect(reading).not.toThrow(/sss|members|production/);
});
