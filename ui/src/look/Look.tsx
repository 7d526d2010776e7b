// Language, and light or dark: on every page.

import { ActionIcon, Button, Menu, useMantineColorScheme } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { choose, language } from "../i18n";

export function Look() {
  const { t } = useTranslation();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <>
      <Menu position="bottom-end" shadow="md">
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t("look.title")}>
            ◐
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {(["light", "dark", "auto"] as const).map((scheme) => (
            <Menu.Item
              key={scheme}
              onClick={() => setColorScheme(scheme)}
              aria-current={colorScheme === scheme}
              rightSection={colorScheme === scheme ? "✓" : undefined}
            >
              {t(`look.${scheme}`)}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      <Button
        id="language"
        variant="subtle"
        color="gray"
        lang={language() === "en" ? "zh-CN" : "en"}
        onClick={() => choose(language() === "en" ? "zh-CN" : "en")}
      >
        {t("other")}
      </Button>
    </>
  );
}
