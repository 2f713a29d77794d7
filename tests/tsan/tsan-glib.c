/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Tells ThreadSanitizer how GLib synchronises.
 *
 * GLib's locks are futexes inside a library that is not instrumented, so the
 * sanitizer sees no order between an unlock and the next lock, and takes every
 * correct program for a race. Preloaded before a test, the functions here do
 * what GLib's do, and say so. What GLib does with pthreads, starting and
 * joining threads, the sanitizer sees by itself. */

#include <dlfcn.h>

#include <gio/gio.h>

void __tsan_acquire (void *address);
void __tsan_release (void *address);

/* The function of that name that this one hides. */
#define REAL(name)                                       \
  static __typeof__ (&name) real;                        \
  if (__atomic_load_n (&real, __ATOMIC_RELAXED) == NULL) \
  __atomic_store_n (&real, (__typeof__ (&name)) dlsym (RTLD_NEXT, #name), __ATOMIC_RELAXED)

#define LOCK(name, Type)   \
  void name (Type *lock)   \
  {                        \
    REAL (name);           \
    real (lock);           \
    __tsan_acquire (lock); \
  }

#define TRYLOCK(name, Type)  \
  gboolean name (Type *lock) \
  {                          \
    gboolean locked;         \
    REAL (name);             \
    locked = real (lock);    \
    if (locked)              \
      __tsan_acquire (lock); \
    return locked;           \
  }

#define UNLOCK(name, Type) \
  void name (Type *lock)   \
  {                        \
    REAL (name);           \
    __tsan_release (lock); \
    real (lock);           \
  }

/* Whoever drops the last reference sees what the others did before. */
#define UNREF(name, Type)    \
  void name (Type *object)   \
  {                          \
    REAL (name);             \
    __tsan_release (object); \
    __tsan_acquire (object); \
    real (object);           \
  }

LOCK (g_mutex_lock, GMutex)
TRYLOCK (g_mutex_trylock, GMutex)
UNLOCK (g_mutex_unlock, GMutex)
LOCK (g_rec_mutex_lock, GRecMutex)
TRYLOCK (g_rec_mutex_trylock, GRecMutex)
UNLOCK (g_rec_mutex_unlock, GRecMutex)
LOCK (g_rw_lock_writer_lock, GRWLock)
TRYLOCK (g_rw_lock_writer_trylock, GRWLock)
UNLOCK (g_rw_lock_writer_unlock, GRWLock)
LOCK (g_rw_lock_reader_lock, GRWLock)
TRYLOCK (g_rw_lock_reader_trylock, GRWLock)
UNLOCK (g_rw_lock_reader_unlock, GRWLock)

UNREF (g_object_unref, void)
UNREF (g_bytes_unref, GBytes)
UNREF (g_ptr_array_unref, GPtrArray)
UNREF (g_hash_table_unref, GHashTable)
UNREF (g_variant_unref, GVariant)
UNREF (g_main_context_unref, GMainContext)
UNREF (g_main_loop_unref, GMainLoop)

gboolean
g_atomic_ref_count_dec (gatomicrefcount *count)
{
  REAL (g_atomic_ref_count_dec);
  __tsan_release ((void *) count);
  __tsan_acquire ((void *) count);
  return real (count);
}

void
g_cond_wait (GCond  *cond,
             GMutex *mutex)
{
  REAL (g_cond_wait);
  __tsan_release (mutex);
  real (cond, mutex);
  __tsan_acquire (mutex);
}

gboolean
g_cond_wait_until (GCond  *cond,
                   GMutex *mutex,
                   gint64  end_time)
{
  gboolean signalled;

  REAL (g_cond_wait_until);
  __tsan_release (mutex);
  signalled = real (cond, mutex, end_time);
  __tsan_acquire (mutex);
  return signalled;
}

/* Behind the macro of the same name, which reads the location atomically. */
void (g_once_init_leave) (volatile void *location,
                          gsize          result)
{
  static void (*real) (volatile void *, gsize);
  if (__atomic_load_n (&real, __ATOMIC_RELAXED) == NULL)
    __atomic_store_n (&real, (void (*) (volatile void *, gsize)) dlsym (RTLD_NEXT, "g_once_init_leave"), __ATOMIC_RELAXED);
  __tsan_release ((void *) location);
  real (location, result);
}

void
g_async_queue_push (GAsyncQueue *queue,
                    gpointer     data)
{
  REAL (g_async_queue_push);
  __tsan_release (queue);
  real (queue, data);
}

gpointer
g_async_queue_pop (GAsyncQueue *queue)
{
  gpointer data;

  REAL (g_async_queue_pop);
  data = real (queue);
  __tsan_acquire (queue);
  return data;
}

gpointer
g_async_queue_try_pop (GAsyncQueue *queue)
{
  gpointer data;

  REAL (g_async_queue_try_pop);
  data = real (queue);
  __tsan_acquire (queue);
  return data;
}

gpointer
g_async_queue_timeout_pop (GAsyncQueue *queue,
                           guint64      timeout)
{
  gpointer data;

  REAL (g_async_queue_timeout_pop);
  data = real (queue, timeout);
  __tsan_acquire (queue);
  return data;
}

/* A function that GLib will call on another thread, and what orders the call. */
typedef struct
{
  GSourceFunc    source_func;
  GFunc          pool_func;
  gpointer       data;
  GDestroyNotify destroy;
} Call;

static Call *
call_new (Call call)
{
  Call *copy = g_memdup2 (&call, sizeof call);

  __tsan_release (copy);
  return copy;
}

static gboolean
call_source (gpointer data)
{
  Call *call = data;

  __tsan_acquire (call);
  return call->source_func (call->data);
}

static void
call_free (gpointer data)
{
  Call *call = data;

  __tsan_acquire (call);
  if (call->destroy != NULL)
    call->destroy (call->data);
  g_free (call);
}

void
g_main_context_invoke_full (GMainContext  *context,
                            gint           priority,
                            GSourceFunc    function,
                            gpointer       data,
                            GDestroyNotify notify)
{
  REAL (g_main_context_invoke_full);
  real (context, priority, call_source, call_new ((Call){ .source_func = function, .data = data, .destroy = notify }), call_free);
}

void
g_main_context_invoke (GMainContext *context,
                       GSourceFunc   function,
                       gpointer      data)
{
  g_main_context_invoke_full (context, G_PRIORITY_DEFAULT, function, data, NULL);
}

guint
g_idle_add_full (gint           priority,
                 GSourceFunc    function,
                 gpointer       data,
                 GDestroyNotify notify)
{
  REAL (g_idle_add_full);
  return real (priority, call_source, call_new ((Call){ .source_func = function, .data = data, .destroy = notify }), call_free);
}

guint
g_idle_add (GSourceFunc function,
            gpointer    data)
{
  return g_idle_add_full (G_PRIORITY_DEFAULT_IDLE, function, data, NULL);
}

static void
call_pool (gpointer item,
           gpointer data)
{
  Call *call = data;

  __tsan_acquire (call);
  call->pool_func (item, call->data);
  __tsan_release (call);
}

/* The pool's own record of the function stays for good: nothing tells when the
 * pool's last thread is through with it. */
GThreadPool *
g_thread_pool_new (GFunc    function,
                   gpointer data,
                   gint     max_threads,
                   gboolean exclusive,
                   GError **error)
{
  REAL (g_thread_pool_new);
  return real (call_pool, call_new ((Call){ .pool_func = function, .data = data }), max_threads, exclusive, error);
}

gboolean
g_thread_pool_push (GThreadPool *pool,
                    gpointer     item,
                    GError     **error)
{
  /* The pool's public first members are the function and its data. */
  REAL (g_thread_pool_push);
  __tsan_release (pool->user_data);
  return real (pool, item, error);
}
