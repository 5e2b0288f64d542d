import { Button, Group, Modal, Stack, Textarea } from '@mantine/core';
import type { RecoveryItem } from '@skygate/shared/hq-api/recovery';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useOverrideRecovery, useRecovery } from '../api/recovery-queries.ts';
import { useFormat } from '../format/use-format.ts';
import { FormError } from '../layout/states.tsx';

interface RecoveryBannerProps {
  /** Null: every park that is being recovered. */
  readonly park: string | null;
  readonly nameOf: (park: string) => string;
}

/** Calm and on every page: the server was restored, who has not told yet what it holds, and what may be done (E8). */
export function RecoveryBanner({ park, nameOf }: RecoveryBannerProps) {
  const recovery = useRecovery();
  const items = recovery.data?.parks.filter((item) => park === null || item.park === park) ?? [];
  return items.map((item) => (
    <Banner key={item.park} item={item} name={nameOf(item.park)} nowMs={recovery.data?.serverMs ?? 0} />
  ));
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
  return (
    <section className="notice" data-tone="warn" style={{ marginBottom: 20 }} aria-label={t('recovery.label')}>
      <div className="notice-title">{t('recovery.title', { park: name, age: format.age(nowMs - item.startedMs) })}</div>
      <div>
        {t('recovery.reported', { told: item.kiosks - item.missing.length, kiosks: item.kiosks })}
        {missing.length > 0 ? ` ${t('recovery.missing', { list: missing.join(', ') })}` : ''}
      </div>
      {item.lostPeople.length > 0 ? <div>{t('recovery.people', { list: item.lostPeople.join(', ') })}</div> : null}
      {item.override ? (
        <div>{t('recovery.overridden', { reason: item.override.reason })}</div>
      ) : (
        <Group justify="space-between" mt={8}>
          <span>{t('recovery.waits')}</span>
          <Button variant="default" onClick={() => setAsking(true)}>
            {t('recovery.override')}
          </Button>
        </Group>
      )}
      {isAsking ? <OverrideModal item={item} onClose={() => setAsking(false)} /> : null}
    </section>
  );
}

function OverrideModal({ item, onClose }: { readonly item: RecoveryItem; readonly onClose: () => void }) {
  const { t } = useTranslation();
  const override = useOverrideRecovery(item.park);
  const [reason, setReason] = useState('');
  return (
    <Modal
      opened
      onClose={onClose}
      title={<b>{t('recovery.override')}</b>}
      closeButtonProps={{ 'aria-label': t('action.close') }}
    >
      <Stack>
        <div>{t('recovery.consequence', { count: item.missing.length })}</div>
        <Textarea
          size="md"
          label={t('recovery.reason')}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
          maxLength={500}
          minRows={2}
          autosize
          data-autofocus
        />
        <FormError error={override.error} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('action.cancel')}
          </Button>
          <Button
            disabled={reason.trim() === ''}
            loading={override.isPending}
            onClick={() => override.mutate({ reason: reason.trim() }, { onSuccess: onClose })}
          >
            {t('recovery.confirm')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
