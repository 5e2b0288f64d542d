import type { SyncProblemCode } from '@skygate/shared/protocol/problem';
import type { EnrolRefusal } from '../hq-node/enrolment.ts';
import type { PushRefusal } from '../ingest/ingest.ts';
import { closedProblem } from '../plugins/node-auth.ts';
import { type Problem, syncProblem } from '../plugins/problem.ts';
import type { TokenRefusal } from './issue-token.ts';

// What a refusal is called on the wire, in the words that the asker's version of the protocol knows.

export function enrolProblem(refusal: EnrolRefusal): Problem {
  switch (refusal) {
    case 'unknown_code':
      return syncProblem('not_found', 'There is no such enrolment code.');
    case 'bad_proof':
      return syncProblem('unauthenticated', 'The proof is not signed by the key that enrols.');
    case 'used':
      return syncProblem('enrolment_code_used', 'This enrolment code was used by another kiosk.');
    case 'expired':
      return syncProblem('enrolment_code_expired', 'This enrolment code is too old: make a new one at HQ.');
    case 'revoked':
      // In the word that every version of the protocol has for a code that is good no more.
      return syncProblem('enrolment_code_expired', 'The kiosk of this code was revoked: enrol it as a new one at HQ.');
  }
}

export function tokenProblem(refusal: TokenRefusal, protocol: number): Problem {
  if (refusal.kind === 'closed') return closedProblem({ ...refusal, protocol });
  if (refusal.kind === 'unknown_kiosk' && protocol > 1) {
    return syncProblem('unknown_kiosk', 'This server knows no such kiosk: it may have to be enrolled anew.');
  }
  return syncProblem('unauthenticated', 'The assertion is not a known kiosk signing a fresh nonce of this server.');
}

export function pushProblem(refusal: PushRefusal, protocol: number): Problem {
  switch (refusal.kind) {
    case 'not_a_push':
      return syncProblem('not_a_push', `This is no push: ${refusal.detail}.`);
    case 'too_large':
      return syncProblem('too_large', 'In canonical form these events are more than a push holds.');
    case 'wrong_stream':
      return syncProblem('wrong_stream', 'This park has no such kiosk stream.');
    case 'gap':
      return syncProblem('gap', 'Events before these are missing here.', { needFrom: refusal.needFrom });
    case 'seal_refused':
      return withEnd(protocol, 'seal_refused', "The seal is not the stream's own word for these events.", refusal);
    case 'equivocation':
      return withEnd(protocol, 'equivocation', 'This stream already has another past here: it has to begin anew.', {
        ...refusal,
        needFrom: refusal.seq,
      });
    case 'chain_broken':
      // Version 1 knows no better word for having to begin anew.
      return withEnd(
        protocol,
        protocol === 1 ? 'equivocation' : 'chain_broken',
        "The stream's chain breaks: it was closed at its last good event and has to begin anew.",
        { ...refusal, needFrom: refusal.seq },
      );
    case 'epoch_closed':
      return withEnd(protocol, 'epoch_closed', 'This epoch is closed and the push does not extend its head.', refusal);
  }
}

function withEnd(
  protocol: number,
  code: SyncProblemCode,
  detail: string,
  extra: { readonly lastSeq: number; readonly lastHash: string; readonly needFrom?: number },
): Problem {
  const { lastSeq, lastHash, needFrom } = extra;
  const known = protocol === 1 ? {} : { lastSeq, lastHash };
  return syncProblem(code, detail, { ...(needFrom === undefined ? {} : { needFrom }), ...known });
}
