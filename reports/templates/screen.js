"use strict";
for (const finder of document.querySelectorAll(".finder")) {
  const search = finder.querySelector(".search");
  const field = search.querySelector("input");
  const status = search.querySelector("[role=status]");
  const groups = [...finder.querySelectorAll("tbody")].map((body) => ({
    body,
    rows: [...body.rows]
      .filter((row) => !row.classList.contains("group-row"))
      .map((row) => ({ row, text: fold(row.textContent) })),
  }));
  const total = groups.reduce((sum, group) => sum + group.rows.length, 0);
  field.addEventListener("input", () => {
    const wanted = fold(field.value.trim());
    let found = 0;
    for (const { body, rows } of groups) {
      let here = 0;
      for (const { row, text } of rows) {
        row.hidden = !text.includes(wanted);
        here += row.hidden ? 0 : 1;
      }
      body.hidden = here === 0;
      found += here;
    }
    status.textContent = `${found} / ${total}`;
  });
  search.hidden = false;
}
function fold(text) {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}
