import { Button, Group, Modal, Stack, TextInput } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { FormError } from './states.tsx';

interface ConfirmProps {
  readonly title: string;
  /** What will come of it, line by line. */
  readonly lines: readonly string[];
  /** The button that does it, in the words of the deed. */
  readonly confirm: string;
  /** It cannot be taken back: the button is red. */
  readonly isFinal?: boolean;
  readonly isBusy: boolean;
  readonly error: unknown;
  readonly onClose: () => void;
}

interface ConfirmModalProps extends ConfirmProps {
  readonly isReady?: boolean;
  readonly onConfirm: () => void;
  readonly children?: ReactNode;
}

/** Asks before something is done, with what will come of it spelled out. */
export function ConfirmModal(props: ConfirmModalProps) {
  const { t } = useTranslation();
  const { title, lines, confirm, isFinal = false, isBusy, isReady = true, error, onConfirm, onClose, children } = props;
  return (
    <Modal
      opened
      onClose={onClose}
      title={<b>{title}</b>}
      size="lg"
      closeButtonProps={{ 'aria-label': t('action.close') }}
    >
      <Stack>
        {lines.length === 1 ? <div>{lines[0]}</div> : null}
        {lines.length > 1 ? (
          <ul className="consequences">
            {lines.map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
        ) : null}
        {children}
        <FormError error={error} />
        <Group justify="flex-end">
          <Button variant="default" size="md" onClick={onClose}>
            {t('action.cancel')}
          </Button>
          <Button
            size="md"
            {...(isFinal ? { color: 'red.9' } : {})}
            loading={isBusy}
            disabled={!isReady}
            onClick={onConfirm}
          >
            {confirm}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

interface ReasonModalProps extends ConfirmProps {
  readonly onConfirm: (reason: string) => void;
}

/** Something that is done in one's own name, with a reason that stays in the log (C3). */
export function ReasonModal({ onConfirm, ...confirm }: ReasonModalProps) {
  const { t } = useTranslation();
  const [reason, setReason] = useState('');
  return (
    <ConfirmModal {...confirm} isReady={reason.trim() !== ''} onConfirm={() => onConfirm(reason.trim())}>
      <TextInput
        size="md"
        label={t('action.reason')}
        maxLength={500}
        data-autofocus
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
    </ConfirmModal>
  );
}
