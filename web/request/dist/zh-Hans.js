var e={hello:`你好`};export{e as words};
