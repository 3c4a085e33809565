import { describe, expect, test } from 'vitest';
import { findPermission } from '../../src/permissions/catalogue.ts';
import { type Operation, requirementOf } from '../../src/permissions/requirements.ts';
import fixture from '../fixtures/permissions.json' with { type: 'json' };

const TOKENS = '/organizations/{organization}/service-tokens';
const DATABASE = '/organizations/{organization}/databases/{database}';

const PUBLISHED: readonly Operation[] = [
  `GET ${TOKENS}`,
  `POST ${TOKENS}`,
  `GET ${TOKENS}/{id}`,
  `DELETE ${TOKENS}/{id}`,
  `GET ${DATABASE}`,
  `GET ${DATABASE}/branches`,
  `POST ${DATABASE}/branches`,
  `GET ${DATABASE}/branches/{branch}`,
  `DELETE ${DATABASE}/branches/{branch}`,
];
const UNPUBLISHED: readonly Operation[] = [
  `GET ${TOKENS}/{id}/access`,
  `POST ${TOKENS}/{id}/access`,
  `DELETE ${TOKENS}/{id}/access`,
  `GET ${TOKENS}/{id}/grants`,
];

/** The fixture writes paths with their version. */
function withVersion(operation: string): string {
  return operation.replace(' /', ' /v1/');
}

describe('requirementOf', () => {
  test.each(PUBLISHED)('%s asks for what PlanetScale publishes', (operation) => {
    const published = Object.entries(fixture.operationRequirements).find(
      ([key]) => key === withVersion(operation),
    );
    const { anyOf, published: isPublished } = requirementOf(operation);
    expect(isPublished).toBe(true);
    expect(anyOf.toSorted()).toEqual(published?.[1].anyOf.toSorted());
  });

  test.each(UNPUBLISHED)('%s is said to be a guess: PlanetScale does not publish it', (operation) => {
    expect(requirementOf(operation).published).toBe(false);
    expect(fixture.endpointsOutsideOpenapi.operations).toContain(withVersion(operation));
    expect(Object.keys(fixture.operationRequirements)).not.toContain(withVersion(operation));
  });

  test('guesses for every operation that is not published', () => {
    expect(UNPUBLISHED.map(withVersion).toSorted()).toEqual(
      fixture.endpointsOutsideOpenapi.operations.toSorted(),
    );
  });

  test.each([...PUBLISHED, ...UNPUBLISHED])(
    '%s names permissions of the catalogue, each once',
    (operation) => {
      const { anyOf } = requirementOf(operation);
      expect(anyOf.length).toBeGreaterThan(0);
      expect(new Set(anyOf).size).toBe(anyOf.length);
      for (const name of anyOf) expect(findPermission(name)?.name).toBe(name);
    },
  );
});
