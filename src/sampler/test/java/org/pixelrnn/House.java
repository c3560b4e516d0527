package org.pixelrnn;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static java.util.Map.entry;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The house of design.md, section 1: the rooms (packages) of all modules, and the arrows between
 * them. The house test of each module checks the rooms of that module:
 *
 * <pre>{@code
 * JavaClasses house = House.onClassPath();
 * House.checkRooms(house, "image", "records", "sampler");
 * House.checkNames(house);
 * }</pre>
 */
public final class House {
  private static final String ROOT = "org.pixelrnn.";

  /** Every room may use these rooms. Those of {@code proto} hold the generated messages. */
  private static final Set<String> GROUND_FLOOR =
      Set.of("image", "records", "proto.v1", "proto.serving");

  /** An arrow leads from each room to the rooms it may use. It allows everything below it, too. */
  private static final Map<String, Set<String>> ARROWS =
      Map.ofEntries(
          entry("image", Set.of()),
          entry("records", Set.of()),
          entry("proto.v1", Set.of()),
          entry("proto.serving", Set.of()),
          entry("sampler", Set.of()),
          entry("data", Set.of()),
          entry("model.graph", Set.of()),
          entry("model.scan", Set.of("model.graph")),
          entry("model.layer", Set.of("model.scan")),
          entry("model", Set.of("model.layer")),
          entry("model.sampling", Set.of("model")),
          entry("export", Set.of("model.sampling", "sampler")),
          entry("evaluate", Set.of("data", "sampler")),
          entry("train.workers", Set.of("model.graph")),
          entry("train", Set.of("data", "export", "evaluate", "model.sampling", "train.workers")),
          entry("proto.service.v1", Set.of()),
          entry("proto.service.serving", Set.of()),
          entry("server", Set.of("sampler", "proto.service.v1", "proto.service.serving")),
          entry("plot", Set.of()),
          entry("cli", Set.of("train", "server", "plot")));

  private House() {}

  /** Imports the classes of all rooms on the class path, without the tests of any module. */
  public static JavaClasses onClassPath() {
    return new ClassFileImporter()
        .withImportOption(new ImportOption.DoNotIncludeTests())
        .withImportOption(location -> !location.contains("-tests.jar"))
        .importPackages("org.pixelrnn");
  }

  /**
   * Checks that rooms exist and follow the arrows, and that the whole house is in order.
   *
   * @param house the classes of one module and of the modules below it, see {@link #onClassPath}
   * @param rooms the rooms of that module, for instance {@code model.scan}
   * @throws AssertionError if a room is unknown, missing or empty; if it uses a room without an
   *     arrow to it; if any class is in no room; if packages form a cycle; or if a class outside of
   *     {@code cli} parses options or ends the process
   */
  public static void checkRooms(JavaClasses house, String... rooms) {
    for (String room : rooms) {
      checkExists(house, room);
      checkArrows(house, room);
    }
    classes().should().resideInAnyPackage(packages(ARROWS.keySet())).check(house);
    slices().matching("org.pixelrnn.(**)").should().beFreeOfCycles().check(house);
    noClasses()
        .that()
        .resideOutsideOfPackage(ROOT + "cli")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("picocli..")
        .orShould()
        .callMethod(System.class, "exit", int.class)
        .check(house);
  }

  /**
   * Checks the names of all types.
   *
   * @throws AssertionError if a name ends like one of a configuration class, of which there are
   *     only the generated ones, or if it says nothing, as {@code Utils} does
   */
  public static void checkNames(JavaClasses house) {
    noClasses()
        .that()
        .resideOutsideOfPackage(ROOT + "proto..")
        .should()
        .haveNameMatching(".*(Config|Configuration|Settings|Options|Parameters)")
        .check(house);
    noClasses()
        .should()
        .haveNameMatching(".*(Util|Utils|Manager|Helper|Helpers|Impl)")
        .check(house);
  }

  private static void checkExists(JavaClasses house, String room) {
    if (!ARROWS.containsKey(room)) {
      throw new AssertionError(room + " is not a room of the house");
    }
    boolean empty =
        house.stream()
            .filter(type -> type.getPackageName().equals(ROOT + room))
            .allMatch(type -> type.getSimpleName().equals("package-info"));
    if (empty) {
      throw new AssertionError("the room " + room + " is missing or empty");
    }
  }

  private static void checkArrows(JavaClasses house, String room) {
    Set<String> reachable = new TreeSet<>(GROUND_FLOOR);
    addWithAllBelow(room, reachable);
    classes()
        .that(resideInAPackage(ROOT + room))
        .should()
        .onlyDependOnClassesThat(
            resideOutsideOfPackage("org.pixelrnn..").or(resideInAnyPackage(packages(reachable))))
        .check(house);
  }

  private static void addWithAllBelow(String room, Set<String> reachable) {
    reachable.add(room);
    ARROWS.get(room).forEach(below -> addWithAllBelow(below, reachable));
  }

  /** The packages of rooms, without their sub-packages. */
  private static String[] packages(Collection<String> rooms) {
    return rooms.stream().map(room -> ROOT + room).toArray(String[]::new);
  }
}
