/** HQ's API as a person's browser uses it: log in once, then the cookie. */
export interface HqClient {
  get<Answer>(path: string): Promise<Answer>;
  post<Answer>(path: string, body: unknown): Promise<Answer>;
  put<Answer>(path: string, body: unknown): Promise<Answer>;
}

/** An answer that is no success, with the server's own words. */
export class HqRefusal extends Error {
  override readonly name = 'HqRefusal';
  readonly status: number;

  constructor(request: string, status: number, answer: string) {
    super(`${request} was answered ${status}: ${answer.slice(0, 500)}`);
    this.status = status;
  }
}

export async function logInToHq(
  address: string,
  user: { readonly email: string; readonly password: string },
): Promise<HqClient> {
  let cookie = '';

  const call = async <Answer>(method: string, path: string, body?: unknown): Promise<Answer> => {
    const response = await fetch(`${address}/api/v1/hq${path}`, {
      method,
      headers: {
        origin: address,
        ...(cookie === '' ? {} : { cookie }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new HqRefusal(`${method} ${path}`, response.status, text);
    const set = response.headers.getSetCookie()[0];
    if (set) cookie = set.split(';')[0] ?? '';
    return (text === '' ? null : JSON.parse(text)) as Answer;
  };

  await call('POST', '/session', user);
  return {
    get: (path) => call('GET', path),
    post: (path, body) => call('POST', path, body),
    put: (path, body) => call('PUT', path, body),
  };
}
