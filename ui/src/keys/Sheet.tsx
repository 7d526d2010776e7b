// The help sheet: what each key does just now.

import { Kbd, Modal, Switch, Table, Text } from "@mantine/core";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { listen, setSingleKeys, useSheet, useSingleKeys } from "./keys";

export function useHelp(): [boolean, (open: boolean) => void] {
  const [open, setOpen] = useState(false);
  useEffect(() => {
    const stop = listen();
    const heard = (event: KeyboardEvent) => {
      const at = event.target instanceof Element ? event.target : null;
      if (at?.closest("input, textarea, [contenteditable=true]")) return;
      // The full-width one is what a Chinese input method makes of it.
      if (event.key === "?" || event.key === "？") setOpen(true);
    };
    addEventListener("keydown", heard);
    return () => {
      stop();
      removeEventListener("keydown", heard);
    };
  }, []);
  return [open, setOpen];
}

export function Sheet(props: { open: boolean; close: () => void }) {
  const { t } = useTranslation();
  const keys = useSheet();
  const single = useSingleKeys();
  return (
    <Modal
      opened={props.open}
      onClose={props.close}
      title={t("keys.title")}
      size="md"
      closeButtonProps={{ "aria-label": t("close") }}
    >
      <Table verticalSpacing={6}>
        <Table.Tbody>
          {keys.map((key) => (
            <Table.Tr key={key.code}>
              <Table.Td w={110}>
                {single ? <Kbd>{key.cap}</Kbd> : <Kbd>Alt + {key.cap}</Kbd>}
              </Table.Td>
              <Table.Td>{key.does}</Table.Td>
            </Table.Tr>
          ))}
          <Table.Tr>
            <Table.Td>
              <Kbd>?</Kbd>
            </Table.Td>
            <Table.Td>{t("keys.this")}</Table.Td>
          </Table.Tr>
        </Table.Tbody>
      </Table>
      <Switch
        mt="md"
        checked={single}
        onChange={(event) => setSingleKeys(event.currentTarget.checked)}
        label={t("keys.single")}
      />
      <Text size="sm" c="dimmed" mt="xs">
        {t("keys.alt")}
      </Text>
    </Modal>
  );
}
