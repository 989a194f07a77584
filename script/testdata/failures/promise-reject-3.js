Promise.reject(3)
