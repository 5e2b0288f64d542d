import { useTranslation } from 'react-i18next';
import { HttpProblem } from '../api/http.ts';

const KNOWN = [
  'wrong_password',
  'locked_out',
  'too_many_requests',
  'unreachable',
  'no_places',
  'stale',
  'revoked',
  'recovering',
  'not_found',
  'gates_behind',
  'key_signs',
  'key_revoked',
  'key_was_revoked',
  'key_waits',
  'key_older',
  'key_over',
  'no_ticket_key',
  'exists_already',
  'booking_over',
] as const;

/** What went wrong in the words of the person who reads it; the server's own where there are none. */
export function useProblemText(): (error: unknown) => string {
  const { t } = useTranslation();
  return (error) => {
    if (error === null || error === undefined) return '';
    const code = error instanceof HttpProblem ? KNOWN.find((known) => known === error.code) : undefined;
    const detail = error instanceof Error ? error.message : String(error);
    if (error instanceof HttpProblem && error.left !== null) return t('problem.places_left', { count: error.left });
    return code ? t(`problem.${code}`) : t('problem.other', { detail });
  };
}
