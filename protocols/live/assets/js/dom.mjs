// Makes elements. Text is set as text, never as markup.

export function element(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (name === "class") made.className = value;
    else if (name in made && name !== "list" && !name.includes("-")) made[name] = value;
    else made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return made;
}

export function fill(parent, ...children) {
  parent.replaceChildren(...children.filter((child) => child !== null && child !== undefined && child !== false));
}

export function text(target, value) {
  if (target.textContent !== value) target.textContent = value;
}

export function panelTop(panel, title, ...beside) {
  const heading = element("h2", { id: `${panel.id}-title` }, title);
  const top = element("div", { class: "top" }, heading, ...beside);
  panel.append(top);
  return top;
}
