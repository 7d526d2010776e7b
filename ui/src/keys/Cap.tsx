// The key of a button, on the button; for the eye alone.

import { Kbd } from "@mantine/core";
import { useSingleKeys } from "./keys";

export function Cap({ cap }: { cap: string }) {
  const single = useSingleKeys();
  return (
    <Kbd size="xs" aria-hidden="true">
      {single ? cap : `Alt ${cap}`}
    </Kbd>
  );
}
