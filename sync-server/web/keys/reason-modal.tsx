import { Button, Group, Modal, Stack, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { FormError } from '../layout/states.tsx';

interface ReasonModalProps {
  readonly title: string;
  /** What will come of it, line by line. */
  readonly lines: readonly string[];
  readonly confirm: string;
  readonly isBusy: boolean;
  readonly error: unknown;
  readonly onConfirm: (reason: string) => void;
  readonly onClose: () => void;
}

/** A deed that cannot be taken back: its consequences spelled out, and a reason that stays in the log. */
export function ReasonModal({ title, lines, confirm, isBusy, error, onConfirm, onClose }: ReasonModalProps) {
  const { t } = useTranslation();
  const [reason, setReason] = useState('');
  return (
    <Modal
      opened
      onClose={onClose}
      title={<b>{title}</b>}
      size="lg"
      closeButtonProps={{ 'aria-label': t('action.close') }}
    >
      <Stack>
        <ul className="consequences">
          {lines.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
        <TextInput
          size="md"
          label={t('keys.reason')}
          maxLength={500}
          data-autofocus
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        <FormError error={error} />
        <Group justify="flex-end">
          <Button variant="default" size="md" onClick={onClose}>
            {t('action.cancel')}
          </Button>
          <Button
            color="red.9"
            size="md"
            loading={isBusy}
            disabled={reason.trim() === ''}
            onClick={() => onConfirm(reason.trim())}
          >
            {confirm}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
