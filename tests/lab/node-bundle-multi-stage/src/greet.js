const greet = (name) => `hello ${name}\n`;
