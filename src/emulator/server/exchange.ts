import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ApiRequest, type ApiSurroundings, answerRequest, failureAnswer } from '../api/api.ts';
import { misdirected } from '../api/api-failure.ts';
import { presentedCredential } from '../api/authentication.ts';
import type { Answer } from '../api/call.ts';
import { readBody } from '../api/request-body.ts';
import type { State } from '../state/state.ts';
import type { StateKeeper } from '../state/state-keeper.ts';
import { type Fault, type FaultQueue, faultReply, isCarriedOut, type Reply } from './faults.ts';
import type { Traffic } from './traffic.ts';

/** Makes something else of the body of an answer: for an API that answers otherwise than this one. */
export type Reshape = (body: unknown, answer: { method: string; url: string; status: number }) => unknown;

/** What every exchange of one emulator shares. */
export interface ExchangeContext {
  readonly state: State;
  readonly keeper: StateKeeper;
  readonly traffic: Traffic;
  readonly faults: FaultQueue;
  readonly surroundings: ApiSurroundings;
  /** Milliseconds that every answer is held back. */
  readonly latencyMs: number;
  /** What answers are made into before they are sent, in tests. */
  readonly reshape: Reshape | undefined;
  /** Whether answers tell the time. */
  readonly tellsTime: boolean;
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
  const { method = '', url = '', headers, rawHeaders } = request;
  const credential = presentedCredential(headers.authorization);
  const bytes = [url, ...rawHeaders].reduce((sum, { length }) => sum + length, 0);
  const arrival = context.traffic.arrived({ method, url, headers, credential }, bytes);
  const fault = context.faults.take(method, url);
  try {
    const body = await readBody(request);
    if (body.kind === 'json') arrival.readBody(body.value, body.bytes);
    const carryOut = async (): Promise<Reply> =>
      apiReply(
        reshaped(
          await answerAndSave(
            { method, url, credential, peer: request.socket.remoteAddress ?? '', body },
            context,
          ),
          { method, url },
          context.reshape,
        ),
      );
    const reply = fault ? await replyInFault(fault, carryOut, context.closing) : await carryOut();
    if (context.latencyMs > 0) await sleep(context.latencyMs, undefined, { signal: context.closing });
    if (reply) send(request, response, timed(reply, context));
    else request.socket.destroy();
  } catch {
    request.socket.destroy();
  } finally {
    arrival.left();
  }
}

/**
 * Answers a request that was meant for somebody else. It is neither recorded nor does it meet a fault, and
 * its body is not read.
 */
export function refuse(request: IncomingMessage, response: ServerResponse): void {
  response.setHeader('connection', 'close');
  send(request, response, apiReply(failureAnswer(misdirected())));
}

/** The reply to a request that meets a fault; undefined for none at all. */
async function replyInFault(
  fault: Fault,
  carryOut: () => Promise<Reply>,
  closing: AbortSignal,
): Promise<Reply | undefined> {
  const done = isCarriedOut(fault) ? await carryOut() : undefined;
  if (fault.hold) await orClosing(fault.hold(), closing);
  if (fault.answer === 'drop') return undefined;
  return fault.answer === 'usual' ? (done ?? carryOut()) : faultReply(fault, fault.answer);
}

/** Waits for something that may never come, but no longer than the emulator runs. */
async function orClosing(work: Promise<void>, closing: AbortSignal): Promise<void> {
  closing.throwIfAborted();
  await new Promise<void>((resolve, reject) => {
    const giveUp = (): void => reject(closing.reason);
    closing.addEventListener('abort', giveUp, { once: true });
    work.then(resolve, reject).finally(() => closing.removeEventListener('abort', giveUp));
  });
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

function reshaped(
  answer: Answer,
  request: { method: string; url: string },
  reshape: Reshape | undefined,
): Answer {
  if (!reshape || answer.body === undefined) return answer;
  const { status } = answer;
  // A copy: what is made of an answer is not what the emulator remembers.
  return { ...answer, body: reshape(structuredClone(answer.body), { ...request, status }) };
}

function apiReply({ status, body }: Answer): Reply {
  return body === undefined ? { status } : { status, text: JSON.stringify(body) };
}

/** The reply with the time by the emulator's clock, as every answer of the API tells it. */
function timed({ headers, ...reply }: Reply, { surroundings, tellsTime }: ExchangeContext): Reply {
  const date = new Date(surroundings.clock.now()).toUTCString();
  return { ...reply, headers: { ...(tellsTime && { date }), ...headers } };
}

function send(
  request: IncomingMessage,
  response: ServerResponse,
  { status, text, headers = {} }: Reply,
): void {
  response.statusCode = status;
  // Node would tell the machine's time.
  response.sendDate = false;
  // What is left of the body would be taken for the next request.
  if (!request.complete) response.setHeader('connection', 'close');
  if (text !== undefined) response.setHeader('content-type', 'application/json; charset=utf-8');
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  response.end(text);
}
