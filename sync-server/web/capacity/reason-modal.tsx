import { Button, Group, Modal, Stack, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { FormError } from '../layout/states.tsx';

interface ReasonModalProps {
  readonly title: string;
  readonly hint: string;
  readonly action: string;
  readonly error: Error | null;
  readonly isPending: boolean;
  readonly onSave: (reason: string) => void;
  readonly onClose: () => void;
}

/** Something that is done in one's own name and with a reason (C3). */
export function ReasonModal({ title, hint, action, error, isPending, onSave, onClose }: ReasonModalProps) {
  const { t } = useTranslation();
  const [reason, setReason] = useState('');
  return (
    <Modal opened onClose={onClose} title={<b>{title}</b>} closeButtonProps={{ 'aria-label': t('action.close') }}>
      <Stack>
        <p className="quiet">{hint}</p>
        <TextInput
          size="md"
          label={t('capacity.reason')}
          value={reason}
          maxLength={500}
          data-autofocus
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        <FormError error={error} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('action.cancel')}
          </Button>
          <Button disabled={reason.trim() === ''} loading={isPending} onClick={() => onSave(reason.trim())}>
            {action}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
