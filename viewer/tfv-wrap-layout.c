/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "viewer/tfv-wrap-layout.h"

#define COLUMN_SPACING 12
#define ROW_SPACING 8

struct _TfvWrapLayout
{
  GtkLayoutManager parent_instance;
};

G_DEFINE_FINAL_TYPE (TfvWrapLayout, tfv_wrap_layout, GTK_TYPE_LAYOUT_MANAGER)

static int
natural_width (GtkWidget *child)
{
  int natural;

  gtk_widget_measure (child, GTK_ORIENTATION_HORIZONTAL, -1, NULL, &natural, NULL, NULL);
  return natural;
}

static GtkWidget *
next_laid_out (GtkWidget *child)
{
  while (child != NULL && !gtk_widget_should_layout (child))
    child = gtk_widget_get_next_sibling (child);
  return child;
}

/* One line of children: from @first up to, not including, @end. */
typedef struct
{
  GtkWidget *first;
  GtkWidget *end;
  int        height;
  int        room; /* left over */
  guint      n_expand;
} Line;

static gboolean
next_line (GtkWidget *first, int width, Line *line)
{
  GtkWidget *child = next_laid_out (first);
  int        used = 0;

  line->first = child;
  line->height = 0;
  line->n_expand = 0;
  if (child == NULL)
    return FALSE;
  while (child != NULL)
    {
      int natural = natural_width (child);
      int taken = used + (used > 0 ? COLUMN_SPACING : 0) + natural;
      int height;

      if (used > 0 && taken > width)
        break;
      used = taken;
      gtk_widget_measure (child, GTK_ORIENTATION_VERTICAL, -1, NULL, &height, NULL, NULL);
      line->height = MAX (line->height, height);
      line->n_expand += gtk_widget_compute_expand (child, GTK_ORIENTATION_HORIZONTAL);
      child = next_laid_out (gtk_widget_get_next_sibling (child));
    }
  line->end = child;
  line->room = MAX (width - used, 0);
  return TRUE;
}

static GtkSizeRequestMode
tfv_wrap_layout_get_request_mode (GtkLayoutManager *manager, GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
measure_width (GtkWidget *widget, int *minimum, int *natural)
{
  *minimum = 0;
  *natural = 0;
  for (GtkWidget *child = next_laid_out (gtk_widget_get_first_child (widget)); child != NULL; child = next_laid_out (gtk_widget_get_next_sibling (child)))
    {
      int child_minimum;
      int child_natural;

      gtk_widget_measure (child, GTK_ORIENTATION_HORIZONTAL, -1, &child_minimum, &child_natural, NULL, NULL);
      *minimum = MAX (*minimum, child_minimum);
      *natural += child_natural + (*natural > 0 ? COLUMN_SPACING : 0);
    }
}

static void
tfv_wrap_layout_measure (GtkLayoutManager *manager, GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural, int *minimum_baseline, int *natural_baseline)
{
  GtkWidget *child = gtk_widget_get_first_child (widget);
  int        height = 0;
  Line       line;

  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      measure_width (widget, minimum, natural);
      return;
    }
  if (for_size < 0)
    measure_width (widget, &(int){ 0 }, &for_size);
  while (next_line (child, for_size, &line))
    {
      height += line.height + (height > 0 ? ROW_SPACING : 0);
      child = line.end;
      if (child == NULL)
        break;
    }
  *minimum = height;
  *natural = height;
}

static void
allocate_line (GtkWidget *widget, const Line *line, int y, int width)
{
  gboolean rtl = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  int      x = 0;

  for (GtkWidget *child = line->first; child != line->end; child = next_laid_out (gtk_widget_get_next_sibling (child)))
    {
      int minimum;

      gtk_widget_measure (child, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL, NULL);
      int child_width = MAX (MIN (natural_width (child), width), minimum);

      if (gtk_widget_compute_expand (child, GTK_ORIENTATION_HORIZONTAL))
        child_width += line->room / (int) line->n_expand;
      gtk_widget_size_allocate (child, &(GtkAllocation){ rtl ? width - x - child_width : x, y, child_width, line->height }, -1);
      x += child_width + COLUMN_SPACING;
    }
}

static void
tfv_wrap_layout_allocate (GtkLayoutManager *manager, GtkWidget *widget, int width, int height, int baseline)
{
  GtkWidget *child = gtk_widget_get_first_child (widget);
  int        y = 0;
  Line       line;

  while (next_line (child, width, &line))
    {
      allocate_line (widget, &line, y, width);
      y += line.height + ROW_SPACING;
      child = line.end;
      if (child == NULL)
        break;
    }
}

static void
tfv_wrap_layout_class_init (TfvWrapLayoutClass *klass)
{
  GtkLayoutManagerClass *layout_class = GTK_LAYOUT_MANAGER_CLASS (klass);

  layout_class->get_request_mode = tfv_wrap_layout_get_request_mode;
  layout_class->measure = tfv_wrap_layout_measure;
  layout_class->allocate = tfv_wrap_layout_allocate;
}

static void
tfv_wrap_layout_init (TfvWrapLayout *self)
{
}
