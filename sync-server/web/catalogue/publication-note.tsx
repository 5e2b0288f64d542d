import { Button, Stack } from '@mantine/core';
import type { ParkBody } from '@skygate/shared/hq-api/parks';
import type { KioskBehind, PublicationAnswer, UnpublishedEdit } from '@skygate/shared/hq-api/publication';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { usePublication, useStartAnew } from '../api/park-queries.ts';
import { useFormat } from '../format/use-format.ts';
import { ConfirmModal } from '../layout/confirm-modal.tsx';
import { Notice } from '../layout/notice.tsx';

const SHOWN = 5;

/** What gates and tills do not go by and why, and the way out of a spoilt catalogue (D1). Nothing while all is well. */
export function PublicationNote({ park: { park, document } }: { readonly park: ParkBody }) {
  const { t } = useTranslation();
  const [asking, setAsking] = useState(false);
  const publication = usePublication(park).data;
  if (!publication) return null;
  const { unpublished, unpublishedCount, isWhole, nearLimits, behind } = publication;
  const isStuck = unpublished.some(({ reason }) => reason !== 'left_out');
  return (
    <>
      {isWhole ? null : (
        <Notice tone="warn" title={t('publication.notBack')}>
          <Stack gap="xs">
            <div>{t('publication.notBackHint')}</div>
            <div>
              <Button variant="default" onClick={() => setAsking(true)}>
                {t('publication.startAnew')}
              </Button>
            </div>
          </Stack>
        </Notice>
      )}
      {nearLimits.length > 0 ? (
        <Notice tone="warn">
          {t('publication.nearLimits', { what: nearLimits.map((name) => t(`publication.limit.${name}`)).join(', ') })}
        </Notice>
      ) : null}
      {behind.length > 0 ? (
        <Notice tone="warn" title={t('publication.behind', { count: behind.length })}>
          {behind.map((kiosk) => (
            <Behind key={kiosk.node} kiosk={kiosk} timeZone={document.timeZone} />
          ))}
        </Notice>
      ) : null}
      {unpublishedCount > 0 ? (
        <Notice tone="warn" title={t('publication.title', { count: unpublishedCount })}>
          <Stack gap="xs">
            {unpublished.slice(0, SHOWN).map((edit) => (
              <Unpublished key={edit.changeHash} edit={edit} timeZone={document.timeZone} />
            ))}
            {isStuck && isWhole ? (
              <div>
                <Button variant="default" onClick={() => setAsking(true)}>
                  {t('publication.startAnew')}
                </Button>
              </div>
            ) : null}
          </Stack>
        </Notice>
      ) : null}
      {asking ? <StartAnew park={park} publication={publication} onClose={() => setAsking(false)} /> : null}
    </>
  );
}

/** Since when a kiosk goes by something older, and when it was last heard of: whether to wait or to go and look. */
function Behind({ kiosk, timeZone }: { readonly kiosk: KioskBehind; readonly timeZone: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { name, version, contactMs, catalogueSinceMs, programSinceMs } = kiosk;
  const at = (ms: number): string => format.shortMoment(ms, timeZone);
  return (
    <div>
      <b>{name}</b>:{' '}
      {catalogueSinceMs === null ? '' : `${t('publication.oldCatalogue', { at: at(catalogueSinceMs) })} `}
      {programSinceMs === null
        ? ''
        : `${t('publication.oldProgram', { at: at(programSinceMs), version: version ?? '?' })} `}
      {contactMs === null ? null : <span className="quiet small">{t('publication.heard', { at: at(contactMs) })}</span>}
    </div>
  );
}

function Unpublished({ edit, timeZone }: { readonly edit: UnpublishedEdit; readonly timeZone: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <div>
      <b>{edit.actorName ?? edit.actor}</b>, {edit.kioskName ?? t('publication.hq')},{' '}
      {format.dayAndTime(edit.wallMs, timeZone)}: {t(`publication.reason.${edit.reason}`)}{' '}
      <span className="quiet small">{edit.problem}</span>
    </div>
  );
}

interface StartAnewProps {
  readonly park: string;
  readonly publication: PublicationAnswer;
  readonly onClose: () => void;
}

function StartAnew({ park, publication, onClose }: StartAnewProps) {
  const { t } = useTranslation();
  const start = useStartAnew(park);
  return (
    <ConfirmModal
      title={t('publication.startAnew')}
      lines={[
        t(publication.isWhole ? 'publication.staysAsItIs' : 'publication.notBackLost'),
        t('publication.newLine', { count: publication.unpublishedCount }),
      ]}
      confirm={t('publication.startAnew')}
      isFinal
      isBusy={start.isPending}
      error={start.error}
      onConfirm={() => start.mutate({ generation: publication.generation }, { onSuccess: onClose })}
      onClose={onClose}
    />
  );
}
