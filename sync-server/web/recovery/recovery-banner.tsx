import { Button, Group } from '@mantine/core';
import type { RecoveryItem } from '@skygate/shared/hq-api/recovery';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useDismissPeople, useOverrideRecovery, useRecovery } from '../api/recovery-queries.ts';
import { useFormat } from '../format/use-format.ts';
import { ReasonModal } from '../layout/confirm-modal.tsx';
import { Notice } from '../layout/notice.tsx';
import { FormError } from '../layout/states.tsx';
import { shownWords } from '../texts/shown-words.ts';

interface RecoveryBannerProps {
  /** Null: every park that is being recovered. */
  readonly park: string | null;
  /** Null while it is not known: nobody reads a park's number. */
  readonly nameOf: (park: string) => string | null;
}

/** Calm and on every page: the server was restored, who has not told yet what it holds, and what may be done (E8). */
export function RecoveryBanner({ park, nameOf }: RecoveryBannerProps) {
  const recovery = useRecovery();
  const items = recovery.data?.parks.filter((item) => park === null || item.park === park) ?? [];
  return items.map((item) => {
    const name = nameOf(item.park);
    return name === null ? null : (
      <Banner key={item.park} item={item} name={name} nowMs={recovery.data?.serverMs ?? 0} />
    );
  });
}

function Banner({ item, name, nowMs }: { readonly item: RecoveryItem; readonly name: string; readonly nowMs: number }) {
  const { t } = useTranslation();
  const format = useFormat();
  const [isAsking, setAsking] = useState(false);
  const missing = item.missing.map(({ name: kiosk, contactMs }) =>
    contactMs === null
      ? t('recovery.never', { kiosk })
      : t('recovery.silent', { kiosk, age: format.age(nowMs - contactMs) }),
  );
  const title = t('recovery.title', { park: name, age: format.age(nowMs - item.startedMs) });
  if (item.isOver) {
    return (
      <Notice tone="warn" title={title}>
        <div>{t('recovery.over')}</div>
        <LostPeople item={item} />
      </Notice>
    );
  }
  return (
    <Notice tone="warn" title={title}>
      <div>
        {t('recovery.reported', { told: item.kiosks - item.missing.length, kiosks: item.kiosks })}
        {missing.length > 0 ? ` ${t('recovery.missing', { list: missing.join(', ') })}` : ''}
      </div>
      <LostPeople item={item} />
      {item.override ? (
        <div>
          {t('recovery.overridden', {
            who: item.override.actorName ?? item.override.actor.replace(/^hq:/, ''),
            reason: shownWords(t, item.override.reason),
          })}
        </div>
      ) : (
        <Group justify="space-between" mt={8}>
          <span>{t('recovery.waits')}</span>
          <Button variant="default" onClick={() => setAsking(true)}>
            {t('recovery.override')}
          </Button>
        </Group>
      )}
      {isAsking ? <OverrideModal item={item} onClose={() => setAsking(false)} /> : null}
    </Notice>
  );
}

/** Names and PINs come back from nobody: who has to be entered again, until that is done or somebody says it need not be. */
function LostPeople({ item }: { readonly item: RecoveryItem }) {
  const { t } = useTranslation();
  const dismiss = useDismissPeople(item.park);
  if (item.lostPeople.length === 0) return null;
  return (
    <>
      <Group justify="space-between" mt={8}>
        <span>{t('recovery.people', { list: item.lostPeople.join(', ') })}</span>
        <Button
          variant="default"
          loading={dismiss.isPending}
          onClick={() => dismiss.mutate({ people: [...item.lostPeople] })}
        >
          {t('recovery.dismiss')}
        </Button>
      </Group>
      {dismiss.error === null ? null : <FormError error={dismiss.error} />}
    </>
  );
}

function OverrideModal({ item, onClose }: { readonly item: RecoveryItem; readonly onClose: () => void }) {
  const { t } = useTranslation();
  const override = useOverrideRecovery(item.park);
  return (
    <ReasonModal
      title={t('recovery.override')}
      lines={[t('recovery.consequence', { count: item.missing.length })]}
      confirm={t('recovery.confirm')}
      isBusy={override.isPending}
      error={override.error}
      onConfirm={(reason) => override.mutate({ reason }, { onSuccess: onClose })}
      onClose={onClose}
    />
  );
}
