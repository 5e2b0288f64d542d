import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import { schemaProblem } from '@skygate/shared/events/read-event';
import type {
  FastifyBaseLogger,
  FastifyInstance,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify';
import type Type from 'typebox';
import { Convert } from 'typebox/value';
import { hqProblem } from './hq-problem.ts';

/** A Fastify scope whose routes are typed by their TypeBox schemas. */
export type HqApp = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;

/** Makes a scope check what comes in by TypeBox itself: nothing added, dropped or guessed, and the field named (X2). */
export function typedByTypeBox(app: FastifyInstance): HqApp {
  app.setValidatorCompiler(({ schema, httpPart }) => (value: unknown) => {
    // A query has only texts; a body says what it means.
    const read = httpPart === 'querystring' ? Convert(schema as Type.TSchema, value) : value;
    const problem = schemaProblem(schema as Type.TSchema, read);
    if (problem === null) {
      const unkept = unkeptText(read, '');
      if (unkept === null) return { value: read };
      return { error: hqProblem('malformed', `${PART_NAMES[httpPart ?? 'body'] ?? 'request'} ${unkept}`) };
    }
    // What the validator says of a field that a closed schema does not have.
    const said = problem.replace('schema is false', 'is not known here');
    return { error: hqProblem('malformed', `${PART_NAMES[httpPart ?? 'body'] ?? 'request'} ${said}`) };
  });
  return app.withTypeProvider<TypeBoxTypeProvider>();
}

/** X2: a NUL, which PostgreSQL cannot keep, or half of a character, which has no hash (E2). @returns where; null for none */
function unkeptText(value: unknown, path: string): string | null {
  if (typeof value === 'string') {
    return value.isWellFormed() && !value.includes('\u0000') ? null : `${path || '/'} has a character that is no text`;
  }
  if (typeof value !== 'object' || value === null) return null;
  for (const [key, item] of Object.entries(value)) {
    const problem = unkeptText(item, `${path}/${key}`);
    if (problem !== null) return problem;
  }
  return null;
}

const PART_NAMES: Readonly<Record<string, string>> = {
  body: 'body',
  querystring: 'query',
  params: 'address',
  headers: 'header',
};
