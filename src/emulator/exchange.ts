import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ApiRequest, type ApiSurroundings, answerRequest, failureAnswer } from './api.ts';
import { presentedCredential } from './authentication.ts';
import type { Answer } from './call.ts';
import { type FaultQueue, faultReply, type Reply } from './faults.ts';
import { readBody } from './request-body.ts';
import type { State } from './state.ts';
import type { StateKeeper } from './state-keeper.ts';
import type { Traffic } from './traffic.ts';

/** What every exchange of one emulator shares. */
export interface ExchangeContext {
  readonly state: State;
  readonly keeper: StateKeeper;
  readonly traffic: Traffic;
  readonly faults: FaultQueue;
  readonly surroundings: ApiSurroundings;
  /** Milliseconds that every answer is held back. */
  readonly latencyMs: number;
  /** Aborted when the emulator closes: nobody waits for held back answers any more. */
  readonly closing: AbortSignal;
}

/**
 * One request from its arrival to its answer. Never rejects: a client that goes away, and an emulator
 * that closes, end the exchange.
 */
export async function exchange(
  request: IncomingMessage,
  response: ServerResponse,
  context: ExchangeContext,
): Promise<void> {
  const { method = '', url = '', headers } = request;
  const credential = presentedCredential(headers.authorization);
  const arrival = context.traffic.arrived({ method, url, headers, credential });
  const fault = context.faults.take(method, url);
  try {
    const body = await readBody(request);
    arrival.readBody(body.kind === 'json' ? body.value : undefined);
    const reply =
      typeof fault?.answer === 'number'
        ? faultReply(fault, fault.answer)
        : apiReply(await answerAndSave({ method, url, credential, body }, context));
    if (context.latencyMs > 0) await sleep(context.latencyMs, undefined, { signal: context.closing });
    if (fault?.answer === 'drop') request.socket.destroy();
    else send(response, reply);
  } catch {
    request.socket.destroy();
  } finally {
    arrival.left();
  }
}

/** The answer is there only when what it promises is on the disk. */
async function answerAndSave(
  request: ApiRequest,
  { state, keeper, surroundings }: ExchangeContext,
): Promise<Answer> {
  const answer = answerRequest(request, state, surroundings);
  if (request.method === 'GET' || answer.status >= 400) return answer;
  try {
    await keeper.save();
    return answer;
  } catch (error) {
    return failureAnswer(error);
  }
}

function apiReply({ status, body }: Answer): Reply {
  return body === undefined ? { status } : { status, text: JSON.stringify(body) };
}

function send(response: ServerResponse, { status, text, headers = {} }: Reply): void {
  response.statusCode = status;
  if (text !== undefined) response.setHeader('content-type', 'application/json; charset=utf-8');
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  response.end(text);
}
