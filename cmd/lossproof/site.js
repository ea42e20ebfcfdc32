
"use strict";
// The page is complete without this script, which lets the table be sorted by a column.
for (const table of document.querySelectorAll("table.board")) {
	const heads = [...table.tHead.rows[0].cells], body = table.tBodies[0];
	const rank = (cell) => {
		const text = cell.textContent.trim();
		return text === "–" ? -2 : text.startsWith("✗") ? -1 : /^\d$/.test(text) ? Number(text) : text;
	};
	heads.forEach((head, k) => {
		const name = head.textContent.trim(), button = document.createElement("button");
		button.type = "button";
		button.textContent = "↕";
		button.setAttribute("aria-label", "sort by " + name);
		head.append(" ", button);
		button.addEventListener("click", () => {
			const words = typeof rank(body.rows[0].cells[k]) === "string", was = head.ariaSort;
			const descending = was ? was === "ascending" : !words; // the highest level first
			heads.forEach((other) => other.removeAttribute("aria-sort"));
			head.ariaSort = descending ? "descending" : "ascending";
			heads.forEach((other) => { other.lastChild.textContent = { ascending: "↑", descending: "↓" }[other.ariaSort] || "↕"; });
			const compare = (a, b) => {
				const x = rank(a.cells[k]), y = rank(b.cells[k]);
				return (x < y ? -1 : x > y ? 1 : 0) * (descending ? -1 : 1);
			};
			body.append(...[...body.rows].sort(compare));
		});
	});
}
document.documentElement.dataset.ready = "";
