// The design system's style sheet without the rules that no page uses.
import { readFile } from "node:fs/promises";
import { PurgeCSS } from "purgecss";

/** An esbuild plugin that reads bootstrap-italia's sheet and leaves out what the given files do not name. */
export function purged(files) {
  return {
    name: "purged",
    setup(build) {
      build.onLoad({ filter: /bootstrap-italia\.min\.css$/ }, async ({ path }) => {
        const css = (await readFile(path, "utf8")).replace(/@font-face\s*{[^}]*}/g, "");
        const [found] = await new PurgeCSS().purge({ content: files, css: [{ raw: css }], fontFace: true, keyframes: true, variables: true });
        return { contents: found.css, loader: "css" };
      });
    },
  };
}
