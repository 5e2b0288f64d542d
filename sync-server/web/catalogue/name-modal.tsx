import { Button, Group, Modal, Stack, TextInput } from '@mantine/core';
import type { Words } from '@skygate/shared/documents/words';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

interface NameModalProps {
  readonly name: Words;
  readonly onSave: (name: Words) => void;
  readonly onClose: () => void;
}

const LABELS = { ru: 'Русский', ky: 'Кыргызча', en: 'English' } as const;

/** A name in three languages. */
export function NameModal({ name, onSave, onClose }: NameModalProps) {
  const { t } = useTranslation();
  const [words, setWords] = useState(name);
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('catalogue.editName')}
      closeButtonProps={{ 'aria-label': t('action.close') }}
    >
      <Stack>
        {(['ru', 'ky', 'en'] as const).map((language) => (
          <TextInput
            key={language}
            size="md"
            label={LABELS[language]}
            maxLength={120}
            value={words[language]}
            onChange={(event) => setWords({ ...words, [language]: event.currentTarget.value })}
          />
        ))}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('action.cancel')}
          </Button>
          <Button disabled={words.ru.trim() === ''} onClick={() => onSave(words)}>
            {t('action.save')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
