
"use strict";
// The page is complete without this script, which adds the filter and what is told of a dot.
(() => {
	const $ = (selector, from = document) => [...from.querySelectorAll(selector)];
	const form = document.getElementById("filter"), fields = [...form.elements].filter((e) => e.name && e.tagName !== "OUTPUT");
	const told = document.getElementById("told"), spoken = document.getElementById("spoken");
	document.documentElement.classList.add("scripted");
	form.hidden = false;

	// The fragment holds the filter, and as "at" the place that was followed to: #cause=overflow&at=loss-sigmoid.
	const fragment = () => {
		const text = location.hash.slice(1);
		return text.includes("=") ? new URLSearchParams(text) : new URLSearchParams(text ? { at: decodeURIComponent(text) } : {});
	};
	const store = (at) => {
		const parts = new URLSearchParams();
		for (const f of fields) if (f.value) parts.set(f.name, f.value);
		if (at) parts.set("at", at);
		return "#" + parts;
	};
	const lets = (element) => fields.every((f) => {
		if (!f.value) return true;
		if (f.name === "q") return !element.matches(".entry") && !element.matches(".loss, tr") || element.textContent.toLowerCase().includes(f.value.toLowerCase());
		const has = element.dataset[f.name];
		if (has === undefined) return !element.matches(".entry");
		return f.name === "flag" ? has.split(" ").includes(f.value) : has === f.value;
	});
	const apply = () => {
		const parts = fragment();
		for (const f of fields) f.value = parts.get(f.name) || "";
		for (const e of $(".entry, .loss, tr[data-loss], tr[data-cause], tr[data-law]")) e.hidden = !lets(e);
		for (const list of $(".list > details")) {
			const none = list.querySelector(".entry:not([hidden])") === null;
			list.querySelector(".nothing").hidden = !none;
			list.open ||= !none && fields.some((f) => f.value);
		}
		const entries = $(".entry"), shown = entries.filter((e) => !e.hidden).length;
		form.elements.found.value = entries.length ? `${shown} of ${entries.length} listed` : "";
		const at = parts.get("at"), place = at && document.getElementById(at);
		if (!place) return;
		if (place.matches(".entry")) place.hidden = false; // who follows a link to it wants to see it
		for (let e = place; e; e = e.parentElement) if (e.tagName === "DETAILS") e.open = true;
		place.scrollIntoView();
		const link = place.closest("a, summary, [tabindex]") || place.querySelector("a, summary, [tabindex]");
		if (link) link.focus({ preventScroll: true });
	};
	form.addEventListener("input", () => { history.replaceState(null, "", store()); apply(); });
	form.addEventListener("reset", (event) => { event.preventDefault(); history.replaceState(null, "", location.pathname + location.search); apply(); });
	form.addEventListener("submit", (event) => event.preventDefault());
	addEventListener("hashchange", apply);
	document.addEventListener("click", (event) => { // a link to a place keeps the filter
		const link = event.target.closest('a[href^="#"]');
		if (!link || link.hash.includes("=") || store() === "#") return;
		event.preventDefault();
		location.hash = store(decodeURIComponent(link.hash.slice(1)));
	});
	apply();

	const packed = document.getElementById("dots");
	if (!packed || !("DecompressionStream" in window)) {
		document.documentElement.classList.remove("scripted");
		return;
	}
	const states = { p: "✓ passed", f: "✗ failed", k: "✗ failed as known" };
	const unpack = async () => {
		const bytes = Uint8Array.from(atob(packed.textContent.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
		return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).json();
	};
	const inFull = (dot) => document.getElementById(`failure-${dot.id}-${dot.output}`);
	const show = (svg, dot, data) => {
		const { x, y, state, error, old, id, input, flags } = dot, ulps = (e) => e === "inf" ? "no number of ulps" : e + " ulp";
		let ring = svg.querySelector(".ring");
		if (!ring) {
			ring = document.createElementNS(svg.namespaceURI, "circle");
			ring.setAttribute("class", "ring");
			ring.setAttribute("r", "4.5");
			svg.append(ring);
		}
		ring.setAttribute("cx", x);
		ring.setAttribute("cy", y);
		const lines = [`${states[state]}, ${ulps(error)}${old ? ", before " + ulps(old) : ""}`, input, flags.map((f) => data.flags[f]).join(", "), id];
		if (inFull(dot)) lines.push("click, or Enter: in full");
		told.replaceChildren(...lines.filter(Boolean).map((text) => Object.assign(document.createElement("div"), { textContent: text })),
			Object.assign(document.createElement("code"), { textContent: data.repeat.replace("{}", id) }));
		spoken.textContent = lines.join(". ");
		told.hidden = false;
		const box = svg.getBoundingClientRect(), scale = box.width / 360;
		const left = Math.min(Math.max(box.left + x * scale + 12, 4), innerWidth - told.offsetWidth - 4);
		const below = box.top + y * scale + 14, above = box.top + y * scale - told.offsetHeight - 12;
		told.style.left = left + "px";
		told.style.top = (below + told.offsetHeight < innerHeight || above < 0 ? below : above) + "px";
	};
	const hide = () => { told.hidden = true; $(".ring").forEach((ring) => ring.remove()); };
	unpack().then((data) => {
		for (const figure of $("figure")) {
			$("svg.map", figure).forEach((svg, k) => {
				const output = svg.parentElement.id.split("-").pop();
				const dots = (data.figures[figure.id] || []).flatMap(([id, input, flags, of]) =>
					of.filter((d) => d[0] === k).map(([, x, y, state, error, old]) => ({ x, y, state, error, old, id, input, flags: flags || [], output })));
				if (!dots.length) return;
				const order = dots.map((_, i) => i).sort((a, b) => dots[a].x - dots[b].x || dots[a].y - dots[b].y);
				let at = order.indexOf(0); // the most telling first
				svg.tabIndex = 0;
				svg.addEventListener("focus", () => show(svg, dots[order[at]], data));
				svg.addEventListener("blur", hide);
				const follow = () => { const failure = inFull(dots[order[at]]); if (failure && !told.hidden) location.hash = store(failure.id); };
				svg.addEventListener("click", follow);
				svg.addEventListener("keydown", (event) => {
					if (event.key === "Enter") follow();
					const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
					if (event.key === "Escape") hide();
					if (!step) return;
					event.preventDefault();
					at = (at + step + order.length) % order.length;
					show(svg, dots[order[at]], data);
				});
				svg.addEventListener("pointermove", (event) => {
					const box = svg.getBoundingClientRect(), scale = 360 / box.width;
					const x = (event.clientX - box.left) * scale, y = (event.clientY - box.top) * scale;
					const far = (d) => (d.x - x) ** 2 + (d.y - y) ** 2;
					at = order.reduce((best, i, k) => far(dots[i]) < far(dots[order[best]]) ? k : best, 0);
					if (far(dots[order[at]]) < 400) show(svg, dots[order[at]], data); else hide();
				});
				svg.addEventListener("pointerleave", hide);
			});
		}
		document.documentElement.dataset.ready = "";
	});
})();
