/** An answer of the server that is no success: its problem details (RFC 9457) as an error. */
export class HttpProblem extends Error {
  override readonly name = 'HttpProblem';
  readonly status: number;
  /** Stable, for programs; `unreachable` where no answer came. */
  readonly code: string;
  /** How many places there are, where more were asked for; null where that was not the trouble. */
  readonly left: number | null;

  constructor(problem: {
    readonly status: number;
    readonly code: string;
    readonly detail: string;
    readonly left?: number;
  }) {
    super(problem.detail);
    this.status = problem.status;
    this.code = problem.code;
    this.left = problem.left ?? null;
  }
}

export const API = '/api/v1/hq';

interface Call {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly body?: unknown;
  /** Sent as `If-Match`. */
  readonly etag?: string;
}

/** Calls HQ's API. @throws HttpProblem */
export async function call<Answer>(path: string, { method = 'GET', body, etag }: Call = {}): Promise<Answer> {
  const headers: Record<string, string> = { accept: 'application/json' };
  if (body !== undefined) headers['content-type'] = 'application/json';
  if (etag !== undefined) headers['if-match'] = etag;
  const response = await fetch(`${API}${path}`, {
    method,
    headers,
    credentials: 'same-origin',
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  }).catch((error: unknown) => {
    throw new HttpProblem({ status: 0, code: 'unreachable', detail: String(error) });
  });
  if (response.status === 204) return undefined as Answer;
  const answer: unknown = await response.json().catch(() => null);
  if (!response.ok) throw problemOf(response.status, answer);
  return answer as Answer;
}

interface ProblemDetails {
  readonly code?: string;
  readonly detail?: string;
  readonly title?: string;
  readonly left?: number;
}

function problemOf(status: number, answer: unknown): HttpProblem {
  const { code, detail, title, left } = (answer ?? {}) as ProblemDetails;
  return new HttpProblem({
    status,
    code: code ?? 'unknown',
    detail: detail ?? title ?? `HTTP ${status}`,
    ...(left === undefined ? {} : { left }),
  });
}
