import { Button, Group } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useDeclareRestored, useRecovery } from '../api/recovery-queries.ts';
import { ConfirmModal } from '../layout/confirm-modal.tsx';

/** The operator's word that this park's server was put back from a backup, with what it leads to (E8). */
export function DeclareRestored({ park, name }: { readonly park: string; readonly name: string }) {
  const { t } = useTranslation();
  const recovery = useRecovery();
  const [isAsking, setAsking] = useState(false);
  const isOpen = recovery.data?.parks.some((item) => item.park === park && !item.isOver) ?? true;
  if (isOpen) return null;
  return (
    <Group justify="space-between" mt={24} align="center">
      <span className="quiet" style={{ flex: '1 1 320px' }}>
        {t('recovery.declareHint')}
      </span>
      <Button variant="default" onClick={() => setAsking(true)}>
        {t('recovery.declare')}
      </Button>
      {isAsking ? <DeclareModal park={park} name={name} onClose={() => setAsking(false)} /> : null}
    </Group>
  );
}

interface DeclareModalProps {
  readonly park: string;
  readonly name: string;
  readonly onClose: () => void;
}

function DeclareModal({ park, name, onClose }: DeclareModalProps) {
  const { t } = useTranslation();
  const declare = useDeclareRestored(park);
  return (
    <ConfirmModal
      title={t('recovery.declareTitle', { park: name })}
      lines={[t('recovery.declareConsequence')]}
      confirm={t('recovery.declareConfirm')}
      isFinal
      isBusy={declare.isPending}
      error={declare.error}
      onConfirm={() => declare.mutate(undefined, { onSuccess: onClose })}
      onClose={onClose}
    />
  );
}
