// Has the query editor of @zazuko/yasgui speak the page's language and keep its style policy. It has no way to be
// translated, so its literals give way to words of ours; the build fails where one is no longer there.
import { readFile } from "node:fs/promises";

const REPLACED = [
  ['"Press CTRL - <spacebar> to autocomplete"', "globalThis.editorWords.complete"],
  ['"This line is invalid. Expected: "', "globalThis.editorWords.expected"],
  [`"<strong style='text-decoration:underline'>"`, '"<strong>"'],
];

/** An esbuild plugin that replaces the literals. */
export function translated() {
  return {
    name: "translated",
    setup(build) {
      build.onLoad({ filter: /@zazuko[\\/]yasgui[\\/]build[\\/]yasgui\.esm\.js$/ }, async ({ path }) => {
        let contents = await readFile(path, "utf8");
        const errors = REPLACED.filter(([literal]) => contents.split(literal).length !== 2)
          .map(([literal]) => ({ text: `${literal} stands not once in @zazuko/yasgui: it has to be translated anew` }));
        for (const [literal, ours] of REPLACED) contents = contents.replace(literal, () => ours);
        return { contents, loader: "js", errors };
      });
    },
  };
}
