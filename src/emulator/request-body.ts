import type { IncomingMessage } from 'node:http';
import * as z from 'zod/mini';
import { badRequest, payloadTooLarge, unprocessable } from './api-failure.ts';

const MAX_BYTES = 1_000_000;

/** What came with a request. Only operations that take a body care which of these it is. */
export type RequestBody =
  | { readonly kind: 'none' }
  | { readonly kind: 'json'; readonly value: unknown }
  | { readonly kind: 'malformed' }
  | { readonly kind: 'too large' };

/**
 * Reads a request to its end. What is too much is read as well, and thrown away: a client that is still
 * sending when the connection is closed would not get to see the answer.
 *
 * @throws the stream's error if the client goes away first
 */
export async function readBody(request: IncomingMessage): Promise<RequestBody> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    const piece = Buffer.from(chunk);
    bytes += piece.length;
    if (bytes <= MAX_BYTES) chunks.push(piece);
    else chunks.length = 0;
  }
  if (bytes > MAX_BYTES) return { kind: 'too large' };
  const text = Buffer.concat(chunks).toString('utf8');
  if (text.trim() === '') return { kind: 'none' };
  try {
    return { kind: 'json', value: JSON.parse(text) };
  } catch {
    return { kind: 'malformed' };
  }
}

/**
 * The fields of a request body; no body counts as no fields. Fields that the schema does not name are
 * ignored, as unknown parameters are by the real API.
 *
 * @throws ApiFailure 400 for what is not a JSON object, 413 for too much of it, 422 with the schema's
 * own message for a refused value
 */
export function parseBody<Schema extends z.core.$ZodType>(
  body: RequestBody,
  schema: Schema,
): z.output<Schema> {
  if (body.kind === 'too large') throw payloadTooLarge();
  if (body.kind === 'malformed') throw badRequest('The request body is not valid JSON');
  const value = body.kind === 'none' ? {} : body.value;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw badRequest('The request body is not a JSON object');
  }
  const result = z.safeParse(schema, value);
  if (result.success) return result.data;
  throw unprocessable(result.error.issues[0]?.message ?? 'Invalid');
}
