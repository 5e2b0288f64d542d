import type { HttpRequest, HttpResponse } from '@skygate/gate-app/kiosk/ports';
import type { Serve } from '../simulation/network.ts';
import { problemByV1, recordedWire } from './recorded.ts';

/** What version 1 served: the schema of its question (null: none is read) and of its answer, if any field was added since. */
const ROUTES: Readonly<Record<string, { readonly question: string | null; readonly added: readonly string[] }>> = {
  'POST /sync/enrol': { question: 'enrolRequest', added: [] },
  'POST /sync/nonce': { question: null, added: [] },
  'POST /sync/token': { question: null, added: ['revoked'] },
  'GET /sync/state': { question: null, added: ['wants', 'earlierHq'] },
  'POST /sync/push': { question: 'pushRequest', added: [] },
  'GET /sync/pull': { question: null, added: ['acknowledged', 'durable'] },
  'GET /sync/people': { question: null, added: [] },
  'POST /sync/telemetry': { question: 'telemetryRequest', added: [] },
};

export interface V1Facade {
  readonly facade: (serve: Serve) => Serve;
  /** What version 1 could not have understood; none of it may be there. */
  readonly misunderstood: string[];
  /** `POST /sync/push 200` and so on. */
  readonly served: string[];
}

/**
 * A server that speaks version 1 alone, as it was recorded: other versions are answered 426 in its own words, what it
 * does not know is not found, a question is held against its schemas, and an answer has nothing in it that came later.
 */
export function v1Facade(): V1Facade {
  const misunderstood: string[] = [];
  const served: string[] = [];
  const tooNew = labelled('newer version');
  const unknown = labelled('unknown route');
  const facade =
    (serve: Serve): Serve =>
    async (request) => {
      if (request.headers['skygate-protocol'] !== '1') return tooNew;
      const name = `${request.method} ${request.path.split('?')[0]}`;
      const route = ROUTES[name];
      if (route === undefined) {
        misunderstood.push(name);
        return unknown;
      }
      const problem = questionProblem(route.question, request);
      if (problem !== null) misunderstood.push(`${name}: ${problem}`);
      const response = await serve(request);
      served.push(`${name} ${response?.status ?? 'died'}`);
      return response === null ? null : without(response, route.added);
    };
  return { facade, misunderstood, served };
}

const questionProblem = (schema: string | null, { body }: HttpRequest): string | null =>
  schema === null ? null : problemByV1(schema, JSON.parse(body ?? 'null'));

function without(response: HttpResponse, added: readonly string[]): HttpResponse {
  if (response.status !== 200) return response;
  const body = JSON.parse(response.body) as Record<string, unknown>;
  for (const field of added) delete body[field];
  return { ...response, body: JSON.stringify(body) };
}

function labelled(label: string): HttpResponse {
  const exchange = recordedWire('after').find((candidate) => candidate.label === label);
  if (!exchange) throw new Error(`the recording has no ${label}`);
  return { status: exchange.status, headers: exchange.answerHeaders, body: exchange.answer };
}
