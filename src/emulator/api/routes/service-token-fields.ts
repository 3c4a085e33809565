import * as z from 'zod/mini';
import { keptCidr, MOST_CIDRS } from '../../state/cidrs.ts';

const MAX_NAME_LENGTH = 255;
/** A year of 365 days, in seconds. */
const LONGEST_TTL = 31_536_000;

export const nameField = z
  .string('Name is not valid')
  .check(
    z.refine(
      (value) => [...value].length <= MAX_NAME_LENGTH,
      `Name is too long (maximum is ${MAX_NAME_LENGTH} characters)`,
    ),
  );

export const ttlField = z
  .int('Ttl must be a whole number of seconds')
  .check(z.positive('Ttl must be greater than 0'));

/** What a token that is there may get: published for PATCH, and not for POST. */
export const boundedTtlField = ttlField.check(
  z.maximum(LONGEST_TTL, 'Ttl must be less than or equal to 31536000'),
);

export const cidrsField = z.pipe(
  z.array(z.string('Cidrs is not valid'), 'Cidrs is not valid').check(
    z.maxLength(MOST_CIDRS, `Cidrs is too long (maximum is ${MOST_CIDRS})`),
    z.refine((cidrs) => cidrs.every((cidr) => keptCidr(cidr) !== undefined), 'Cidrs is not valid'),
  ),
  z.transform((cidrs: string[]) => cidrs.map((cidr) => keptCidr(cidr) ?? cidr)),
);
