import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod/mini';
import { KNOWN_FIELDS } from '../../src/tokens/unknown-fields.ts';

test('what is known of a token is what its description says', () => {
  const file = new URL('../fixtures/openapi-service-tokens.yaml', import.meta.url);
  const shape = z.object({
    components: z.object({
      schemas: z.object({
        ServiceToken: z.object({ properties: z.record(z.string(), z.unknown()) }),
      }),
    }),
  });
  const { components } = shape.parse(parse(readFileSync(file, 'utf8')));
  const described = Object.keys(components.schemas.ServiceToken.properties);
  expect([...KNOWN_FIELDS].toSorted()).toEqual(described.toSorted());
});
