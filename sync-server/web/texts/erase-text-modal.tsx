import { Select } from '@mantine/core';
import { TEXT_ERASURE_REASONS, type TextErasureReason } from '@skygate/shared/domain/text/events';
import type { TextItem } from '@skygate/shared/hq-api/texts';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useEraseText } from '../api/text-queries.ts';
import { ConfirmModal } from '../layout/confirm-modal.tsx';

interface EraseTextModalProps {
  readonly park: string;
  readonly item: TextItem;
  readonly onClose: () => void;
}

/** What erasing means and why it is done, from a list: there is no way back. */
export function EraseTextModal({ park, item, onClose }: EraseTextModalProps) {
  const { t } = useTranslation();
  const erase = useEraseText(park);
  const [why, setWhy] = useState<TextErasureReason | null>(null);
  return (
    <ConfirmModal
      title={t('texts.eraseTitle')}
      lines={[t('texts.eraseWhat')]}
      confirm={t('texts.erase')}
      isFinal
      isBusy={erase.isPending}
      isReady={why !== null}
      error={erase.error}
      onConfirm={() => why !== null && erase.mutate({ name: item.name, why }, { onSuccess: onClose })}
      onClose={onClose}
    >
      <blockquote className="typed-quote">{item.text}</blockquote>
      <Select
        size="md"
        label={t('texts.whyLabel')}
        placeholder={t('texts.whyPick')}
        data={TEXT_ERASURE_REASONS.map((value) => ({ value, label: t(`texts.why.${value}`) }))}
        value={why}
        onChange={(value) => setWhy(value as TextErasureReason | null)}
      />
    </ConfirmModal>
  );
}
