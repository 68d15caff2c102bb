// Has the query editor of @zazuko/yasgui speak the page's language and keep its style policy. It has no way to be
// translated, so its literals give way to words of ours; the build fails where one is no longer there.
import { readFile } from "node:fs/promises";

const REPLACED = [
  [/"Press CTRL - <spacebar> to autocomplete"/g, "globalThis.editorWords.complete"],
  [/"This line is invalid\. Expected: "/g, "globalThis.editorWords.expected"],
  [/"Prefix '" \+ (\w+) \+ "' is not defined"/g, 'globalThis.editorWords.undeclared.replace("{}", $1)'],
  [/(\w+\.prefixes)\[(\w+)\] === void 0/g, "$1[$2] === void 0 && !globalThis.editorPrefixes[$2]"], // of the server
  [/"<strong style='text-decoration:underline'>"/g, '"<strong>"'],
];

/** An esbuild plugin that replaces the literals. */
export function translated() {
  return {
    name: "translated",
    setup(build) {
      build.onLoad({ filter: /@zazuko[\\/]yasgui[\\/]build[\\/]yasgui\.esm\.js$/ }, async ({ path }) => {
        let contents = await readFile(path, "utf8");
        const errors = REPLACED.filter(([literal]) => contents.match(literal)?.length !== 1)
          .map(([literal]) => ({ text: `${literal} stands not once in @zazuko/yasgui: it has to be translated anew` }));
        for (const [literal, ours] of REPLACED) contents = contents.replace(literal, ours);
        return { contents, loader: "js", errors };
      });
    },
  };
}
