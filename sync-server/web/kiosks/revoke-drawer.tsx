import { Button, Drawer } from '@mantine/core';
import type { KioskItem } from '@skygate/shared/hq-api/kiosks';
import type { ParkBody } from '@skygate/shared/hq-api/parks';
import type { RevocationAnswer } from '@skygate/shared/hq-api/revocation';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useRevocation, useRevokeKiosk } from '../api/key-queries.ts';
import { type Format, useFormat } from '../format/use-format.ts';
import { ReasonModal } from '../layout/confirm-modal.tsx';
import { Failed, Loading } from '../layout/states.tsx';
import { shownWords } from '../texts/shown-words.ts';
import { FactsList } from './facts-list.tsx';
import { ONLINE_MS } from './kiosk-state.tsx';

interface RevokeDrawerProps {
  readonly kiosk: KioskItem;
  readonly park: ParkBody;
  readonly onClose: () => void;
}

/** A kiosk that is lost or stolen: what revoking it does, and what it did since. */
export function RevokeDrawer({ kiosk, park, onClose }: RevokeDrawerProps) {
  const { t } = useTranslation();
  const revocation = useRevocation(park.park, kiosk.node);
  const [isAsking, setAsking] = useState(false);
  const isRevoked = revocation.data !== undefined && revocation.data.revoked !== null;
  return (
    <Drawer
      opened
      onClose={onClose}
      // Escape closes what is on top: while something is asked, that is the question.
      closeOnEscape={!isAsking}
      position="right"
      size="xl"
      title={<b>{isRevoked ? `${t('revoke.open')}: ${kiosk.name}` : t('revoke.title', { kiosk: kiosk.name })}</b>}
      closeButtonProps={{ 'aria-label': t('action.close') }}
    >
      <p className="quiet small">{t('revoke.node', { node: kiosk.node })}</p>
      {revocation.isPending ? <Loading /> : null}
      {revocation.isError ? <Failed error={revocation.error} onRetry={() => void revocation.refetch()} /> : null}
      {revocation.data ? <Body answer={revocation.data} park={park} isAsking={isAsking} setAsking={setAsking} /> : null}
    </Drawer>
  );
}

interface BodyProps {
  readonly answer: RevocationAnswer;
  readonly park: ParkBody;
  readonly isAsking: boolean;
  readonly setAsking: (isAsking: boolean) => void;
}

function Body({ answer, park, isAsking, setAsking }: BodyProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const revoke = useRevokeKiosk(park.park, answer.node);
  const { revoked, wipedMs } = answer;
  const { timeZone } = park.document;
  if (revoked !== null) {
    return (
      <>
        <div className="notice page-notice">
          <div className="notice-title">
            {t('revoke.revokedAt', {
              when: format.shortMoment(revoked.atMs, timeZone),
              reason: shownWords(t, revoked.reason),
            })}
          </div>
          <div>
            {wipedMs === null
              ? t('revoke.notWiped')
              : t('revoke.wiped', { when: format.shortMoment(wipedMs, timeZone) })}
          </div>
        </div>
        <FactsList park={park} node={answer.node} onAsking={setAsking} />
      </>
    );
  }
  const lines = consequencesOf(answer, t, format);
  return (
    <>
      <ul className="consequences">
        {lines.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
      <Button color="red.9" size="md" onClick={() => setAsking(true)}>
        {t('revoke.do')}
      </Button>
      {isAsking ? (
        <ReasonModal
          title={t('revoke.title', { kiosk: answer.name })}
          lines={[t('revoke.final')]}
          confirm={t('revoke.do')}
          isFinal
          isBusy={revoke.isPending}
          error={revoke.error}
          onClose={() => setAsking(false)}
          onConfirm={(reason) => revoke.mutate({ reason }, { onSuccess: () => setAsking(false) })}
        />
      ) : null}
    </>
  );
}

function consequencesOf(answer: RevocationAnswer, t: ReturnType<typeof useTranslation>['t'], format: Format): string[] {
  const { contactMs, serverMs, waiting, leasedPlaces, ticketsSigned, liveKeys } = answer;
  const seenOf = (ageMs: number | null): string => {
    if (ageMs === null) return t('revoke.neverSeen');
    return ageMs <= ONLINE_MS ? t('revoke.online') : t('revoke.lastSeen', { age: format.age(ageMs) });
  };
  const seen = seenOf(contactMs === null ? null : Math.max(0, serverMs - contactMs));
  const lines = [t('revoke.stops'), seen];
  // One that never said a word is not said to have nothing.
  if (waiting !== null) lines.push(waiting === 0 ? t('revoke.nothingWaits') : t('revoke.waits', { count: waiting }));
  if (answer.hasOpenShift) lines.push(t('revoke.openShift'));
  if (leasedPlaces > 0) lines.push(t('revoke.places', { count: leasedPlaces }));
  if (liveKeys > 0) lines.push(t('revoke.keys', { count: ticketsSigned }));
  lines.push(t('revoke.money'));
  return lines;
}
