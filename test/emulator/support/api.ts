import { onTestFinished } from 'vitest';
import * as z from 'zod/mini';
import { type Emulator, type EmulatorOptions, startEmulator } from '../../../src/emulator/index.ts';
import { checkAnswer } from './openapi.ts';

export interface ApiAnswer {
  readonly status: number;
  readonly text: string;
  /** Parsed; undefined for an empty body. */
  readonly body: unknown;
  readonly headers: Headers;
}

export interface CallOptions {
  /** The Authorization header; the administrator's by default, null for none. */
  readonly as?: string | null;
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Sent as it is. */
  readonly text?: string;
  /** False for an answer that the document does not allow, on purpose. */
  readonly isDocumented?: boolean;
}

/** An emulator that lives as long as the test, and a client that holds every answer against the document. */
export class TestApi {
  readonly emulator: Emulator;

  constructor(emulator: Emulator) {
    this.emulator = emulator;
  }

  get administrator(): string {
    const { serviceTokenId, serviceToken } = this.emulator.administrator;
    return `${serviceTokenId}:${serviceToken}`;
  }

  /** @param path what follows `/v1` */
  async call(method: string, path: string, options: CallOptions = {}): Promise<ApiAnswer> {
    const {
      as = this.administrator,
      json,
      text = json === undefined ? undefined : JSON.stringify(json),
      isDocumented = true,
    } = options;
    const response = await fetch(`${this.emulator.url}/v1${path}`, {
      method,
      redirect: 'manual',
      headers: { ...(as !== null && { authorization: as }), 'content-type': 'application/json' },
      ...(text !== undefined && { body: text }),
    });
    const received = await response.text();
    if (isDocumented) checkAnswer(method, new URL(response.url).pathname, response.status, received);
    const body: unknown = received === '' ? undefined : JSON.parse(received);
    return { status: response.status, text: received, body, headers: response.headers };
  }

  /** Makes a token that holds exactly these accesses, and returns how it authenticates. */
  async tokenWith(...access: AccessChange[]): Promise<{ id: string; as: string }> {
    const { id, token } = createdToken.parse((await this.call('POST', TOKENS)).body);
    for (const json of access) await this.call('POST', `${TOKENS}/${id}/access`, { json });
    return { id, as: `${id}:${token}` };
  }
}

export interface AccessChange {
  readonly database: string;
  readonly access: readonly string[];
}

export async function startApi(options: EmulatorOptions = {}): Promise<TestApi> {
  const emulator = await startEmulator(options);
  onTestFinished(() => emulator.close());
  return new TestApi(emulator);
}

/** Paths below `/v1` of the default seed's organization and database. */
export const TOKENS = '/organizations/acme/service-tokens';
export const DATABASES = '/organizations/acme/databases';
export const BRANCHES = `${DATABASES}/shop/branches`;

export const createdToken = z.object({ id: z.string(), token: z.string() });

const list = z.object({ data: z.array(z.record(z.string(), z.unknown())) });

/** One field of every row of a list. */
export function column(answer: ApiAnswer, field: string): unknown[] {
  return list.parse(answer.body).data.map((row) => row[field]);
}
