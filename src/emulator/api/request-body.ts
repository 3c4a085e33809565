import type { IncomingMessage } from 'node:http';
import * as z from 'zod/mini';
import { badRequest, payloadTooLarge, unprocessable } from './api-failure.ts';

const MAX_BYTES = 1_000_000;
/** A client that still sends when the connection is closed would not see the answer; up to here it may. */
const MAX_DISCARDED_BYTES = 16_000_000;
const FIRST_BUFFER_BYTES = 4_096;

/** What came with a request. Only operations that take a body care which of these it is. */
export type RequestBody =
  | { readonly kind: 'none' }
  | { readonly kind: 'json'; readonly value: unknown; readonly bytes: number }
  | { readonly kind: 'malformed' }
  | { readonly kind: 'too large' };

/**
 * Reads a request to its end. What is too much is thrown away, and reading stops where it is far too much:
 * the request is not complete then, and its connection no good for another one.
 *
 * @throws an error if the client goes away first
 */
export async function readBody(request: IncomingMessage): Promise<RequestBody> {
  const content = await readContent(request);
  if (!content) return { kind: 'too large' };
  const text = content.toString('utf8');
  if (text.trim() === '') return { kind: 'none' };
  try {
    return { kind: 'json', value: JSON.parse(text), bytes: content.length };
  } catch {
    return { kind: 'malformed' };
  }
}

/** Copied into one buffer, since a list of pieces of a byte each would take a hundred times as much. */
function readContent(request: IncomingMessage): Promise<Buffer | undefined> {
  return new Promise((resolve, reject) => {
    let content = Buffer.alloc(FIRST_BUFFER_BYTES);
    let bytes = 0;
    request.on('data', (chunk: Buffer) => {
      const start = bytes;
      bytes += chunk.length;
      if (bytes > MAX_DISCARDED_BYTES) {
        request.pause();
        resolve(undefined);
      }
      if (bytes > MAX_BYTES) {
        content = Buffer.alloc(0);
        return;
      }
      if (bytes > content.length) {
        content = Buffer.concat([content], Math.min(MAX_BYTES, Math.max(bytes, 2 * content.length)));
      }
      chunk.copy(content, start);
    });
    request.on('end', () => resolve(bytes > MAX_BYTES ? undefined : content.subarray(0, bytes)));
    request.on('error', reject);
    request.on('close', () => reject(new Error('the client went away')));
  });
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
