/** An answer of status 400 and up, thrown by whoever finds that a request cannot be carried out. */
export class ApiFailure extends Error {
  override readonly name = 'ApiFailure';
  readonly status: number;
  readonly body: unknown;

  constructor(status: number, body: unknown) {
    super(`answered with status ${status}`);
    this.status = status;
    this.body = body;
  }
}

export function badRequest(message: string): ApiFailure {
  return new ApiFailure(400, { code: 'bad_request', message });
}

export function unauthorized(): ApiFailure {
  return new ApiFailure(401, { code: 'unauthorized', message: 'Unauthorized' });
}

/** How a wrong or expired user token is answered, seen in third-party reports. */
export function invalidUserToken(): ApiFailure {
  return new ApiFailure(401, {
    error: 'invalid_token',
    error_description: 'The access token is invalid',
    state: 'unauthorized',
  });
}

export function forbidden(): ApiFailure {
  return new ApiFailure(403, { code: 'forbidden', message: 'Forbidden' });
}

export function notFound(): ApiFailure {
  return new ApiFailure(404, { code: 'not_found', message: 'Not Found' });
}

export function payloadTooLarge(): ApiFailure {
  return new ApiFailure(413, { code: 'payload_too_large', message: 'Payload Too Large' });
}

export function misdirected(): ApiFailure {
  return new ApiFailure(421, {
    code: 'misdirected_request',
    message: 'The Host header does not name this emulator: use a loopback address or localhost',
  });
}

export function unprocessable(message: string): ApiFailure {
  return new ApiFailure(422, { code: 'unprocessable', message });
}

export function internal(reason: string): ApiFailure {
  return new ApiFailure(500, { code: 'internal', message: `Internal Server Error: ${reason}` });
}
